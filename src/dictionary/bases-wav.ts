import { AudioFileError, readWav, writeWav } from '../audio/wav.ts';
import { checkDictionary } from './check.ts';
import type { Dictionary } from './dictionary.ts';
import { DictionaryError } from './errors.ts';
import { dictionaryFromMatrix } from './from-matrix.ts';
import type { DictionaryFacts } from './from-matrix.ts';

/*
 * FluCoMa's bases: a sound of as many channels as there are atoms, whose frames are the bins, fftSize / 2 + 1 of them.
 */

/** Reads bases saved as WAV. Throws a {@link DictionaryError}, for a WAV that is a recording too. */
export function readBasesWav(bytes: Uint8Array, given: DictionaryFacts = {}): Dictionary {
  let audio;
  try {
    audio = readWav(bytes);
  } catch (error) {
    if (error instanceof AudioFileError) throw new DictionaryError(error.message);
    throw error;
  }
  const { channels } = audio;
  const bins = channels[0]!.length;
  const wanted = given.fftSize === undefined ? undefined : given.fftSize / 2 + 1;
  const fits = wanted === undefined ? bins >= 9 && Number.isInteger(Math.log2(bins - 1)) : bins === wanted;
  if (!fits) {
    throw new DictionaryError(
      `The file is a WAV audio file; a dictionary as WAV (FluCoMa's bases) has FFT size / 2 + 1 frames, ` +
        `${wanted ?? 'for instance 513'}, and a channel per atom. This one has ${bins} frames.`,
    );
  }
  const data = new Float32Array(channels.length * bins);
  for (const [k, channel] of channels.entries()) data.set(channel, k * bins);
  return dictionaryFromMatrix(
    { shape: [channels.length, bins], data },
    { sampleRate: audio.sampleRate, ...definedOnly(given), fftSize: 2 * (bins - 1), orientation: 'rows' },
  );
}

/** Writes the atoms as 32-bit float; sources, hop, window and card have no place there. Throws a {@link DictionaryError}. */
export function writeBasesWav(d: Dictionary): Uint8Array {
  checkDictionary(d);
  const channels = Array.from({ length: d.atomCount }, (_, k) =>
    d.atoms.subarray(k * d.bins, (k + 1) * d.bins),
  );
  try {
    return writeWav({ sampleRate: d.sampleRate, channels, format: 'float32' }).bytes;
  } catch (error) {
    if (error instanceof AudioFileError) throw new DictionaryError(error.message);
    throw error;
  }
}

const definedOnly = (facts: DictionaryFacts): DictionaryFacts =>
  Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
