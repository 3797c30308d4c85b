import path from 'node:path';
import type { Dictionary } from '../dictionary/index.ts';
import { noiseProfile } from '../training/index.ts';
import { readAudio } from './audio-file.ts';
import type { Arguments } from './command.ts';
import { CommandError } from './errors.ts';
import { fitDictionary } from './load-dictionary.ts';
import { layoutFor } from './separate-audio.ts';
import type { SuppressionContext } from './suppress.ts';

/**
 * The dictionary with its noise learned from the recording that --noise-profile names, or as it is without. The atoms are
 * learned on the grid on which they will be used, which the other sources are brought onto first.
 */
export async function noiseDictionary(
  dictionary: Dictionary,
  args: Arguments,
  { input, mode, sampleRate, terminal }: SuppressionContext,
): Promise<Dictionary> {
  const file = args.text('noise-profile');
  if (file === undefined) return dictionary;
  const audio = await readAudio(file);
  for (const note of audio.notes) terminal.note(note);
  const fitted = fitDictionary(dictionary, layoutFor(input, mode, sampleRate));
  if (fitted.note) terminal.note(fitted.note);
  const label = dictionary.sources.find((source) => source.label.toLowerCase() === 'noise')?.label ?? 'noise';
  const recording = {
    name: plainName(file),
    samples: oneAfterAnother(audio.channels),
    sampleRate: audio.sampleRate,
  };
  terminal.detail(`Learning the noise of ${file} ...`);
  try {
    const profile = noiseProfile(recording, fitted.dictionary, { label });
    for (const { message } of profile.messages) terminal.note(message);
    return profile.dictionary;
  } catch (error) {
    if (error instanceof RangeError) throw new CommandError(`${file}: ${error.message}`);
    throw error;
  }
}

/** Channels in a row: a mix of them could cancel what they have in opposite phase. */
function oneAfterAnother(channels: readonly Float32Array[]): Float32Array {
  const length = channels[0]!.length;
  const samples = new Float32Array(channels.length * length);
  for (const [c, channel] of channels.entries()) samples.set(channel, c * length);
  return samples;
}

/** The name of a file as a part of a dictionary's name, in which control characters are not allowed. */
export const plainName = (file: string): string =>
  path
    .basename(file)
    .replaceAll(/[\p{C}\u2028\u2029]/gu, '?')
    .slice(0, 80);
