import { writeDictionary, type Dictionary, type DictionaryFormat } from '../../src/dictionary/index.ts';

export const EXPORT_TEXT: Readonly<Record<DictionaryFormat, string>> = {
  safetensors: 'Sotto (.safetensors)',
  npz: 'NumPy, all facts (.npz)',
  npy: 'NumPy, atoms (.npy)',
  wav: 'FluCoMa bases (.wav)',
};

/** Hands a dictionary to the user as a file. Throws a DictionaryError for one that the format cannot hold. */
export function downloadDictionary(dictionary: Dictionary, label: string, format: DictionaryFormat): void {
  const bytes = writeDictionary(dictionary, format);
  const url = URL.createObjectURL(
    new Blob([bytes as Uint8Array<ArrayBuffer>], { type: 'application/octet-stream' }),
  );
  const link = document.createElement('a');
  link.href = url;
  link.download = `${label.replaceAll(/[\\/:*?"<>|]+/g, '-').trim() || 'dictionary'}.${format}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
