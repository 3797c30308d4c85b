import type { Dictionary, DictionaryFit } from '../dictionary/index.ts';
import { loadKernel } from '../kernel/index.ts';
import { fitDictionaryToRecording } from '../training/index.ts';
import { readAudio } from './audio-file.ts';
import { CommandError } from './errors.ts';
import type { Terminal } from './terminal.ts';

/** How well a dictionary fits a recording, all its channels, on the dictionary's own grid. */
export async function fitToRecording(
  dictionary: Dictionary,
  file: string,
  terminal: Terminal,
): Promise<DictionaryFit> {
  const audio = await readAudio(file);
  for (const note of audio.notes) terminal.note(note);
  try {
    return fitDictionaryToRecording(dictionary, audio.channels, audio.sampleRate, loadKernel().factory);
  } catch (error) {
    if (error instanceof RangeError) throw new CommandError(`${file}: ${error.message}`);
    throw error;
  }
}
