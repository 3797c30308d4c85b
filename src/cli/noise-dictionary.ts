import path from 'node:path';
import { DictionaryError, type Dictionary } from '../dictionary/index.ts';
import { noiseProfile, tunedSources, tuningMaterial, type TuningMaterial } from '../training/index.ts';
import { readAudio } from './audio-file.ts';
import type { Arguments } from './command.ts';
import { CommandError } from './errors.ts';
import { fitDictionary } from './load-dictionary.ts';
import { layoutFor } from './separate-audio.ts';
import type { SuppressionContext } from './suppress.ts';
import type { Terminal } from './terminal.ts';
import { allowRelaxedSimd } from './training-threads.ts';

/**
 * The dictionary with its noise learned from the recording that --noise-profile names, or as it is without. The atoms are
 * learned on the grid on which they will be used, which the other sources are brought onto first; updates that can be tuned are.
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
  allowRelaxedSimd();
  terminal.detail(`Learning the noise of ${file} ...`);
  try {
    const profile = noiseProfile(recording, fitted.dictionary, { label });
    for (const { message } of profile.messages) terminal.note(message);
    const material = tuningMaterial(fitted.dictionary, [{ label, recordings: [recording] }]);
    return material
      ? tuned(fitted.dictionary, profile.dictionary, material, sampleRate, terminal)
      : profile.dictionary;
  } catch (error) {
    if (error instanceof RangeError) throw new CommandError(`${file}: ${error.message}`);
    throw error;
  }
}

/** With the updates tuned to the noise, too; where that cannot be, it is as it was learned. */
function tuned(
  base: Dictionary,
  learned: Dictionary,
  material: TuningMaterial,
  sampleRate: number,
  terminal: Terminal,
): Dictionary {
  const started = performance.now();
  try {
    const dictionary = tunedSources(base, learned, material, { sampleRate }, ({ step, steps }) =>
      terminal.progress('Learning the noise', step / steps, ''),
    );
    const seconds = (performance.now() - started) / 1000;
    terminal.detail(`The updates were tuned to it in ${seconds.toFixed(0)} s.`);
    return dictionary;
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof DictionaryError)) throw error;
    terminal.note(`The updates could not be tuned to it. ${error.message}`);
    return learned;
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
