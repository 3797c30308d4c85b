import { fitDictionaryTo } from '../dictionary/index.ts';
import type { Dictionary, DictionaryFit } from '../dictionary/index.ts';
import { magnitudeFrames } from '../dsp/frames.ts';
import type { KernelFactory } from '../kernel/kernel.ts';
import { resampleAudio } from './resample-audio.ts';

/** Seconds that are looked at; longer recordings are cut into a few pieces over their whole length. */
const LONGEST = 60;
const PIECES = 12;

/**
 * How well a dictionary fits a recording, all its channels, on the dictionary's own grid. Throws a RangeError for a recording that is
 * silent or shorter than one window.
 */
export function fitDictionaryToRecording(
  dictionary: Dictionary,
  channels: readonly Float32Array[],
  sampleRate: number,
  createKernel: KernelFactory,
): DictionaryFit {
  const spectra: Float32Array[] = [];
  let count = 0;
  for (const channel of channels) {
    for (const piece of pieces(channel, sampleRate)) {
      const part = magnitudeFrames(resampleAudio(piece, sampleRate, dictionary.sampleRate), dictionary);
      spectra.push(part.frames);
      count += part.count;
    }
  }
  const frames = new Float32Array(count * dictionary.bins);
  let at = 0;
  for (const part of spectra) {
    frames.set(part, at);
    at += part.length;
  }
  return fitDictionaryTo(dictionary, frames, count, { createKernel });
}

function pieces(samples: Float32Array, sampleRate: number): Float32Array[] {
  const most = LONGEST * sampleRate;
  if (samples.length <= most) return [samples];
  const length = Math.floor(most / PIECES);
  const step = (samples.length - length) / (PIECES - 1);
  return Array.from({ length: PIECES }, (_, i) => {
    const from = Math.floor(i * step);
    return samples.subarray(from, from + length);
  });
}
