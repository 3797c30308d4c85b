import { readFileSync } from 'node:fs';
import { magnitudeFrames } from '../../src/dsp/frames.ts';
import type { MagnitudeFrames } from '../../src/dsp/frames.ts';
import { randomSource } from './signals.ts';

/** The grid of the recordings below: 32 ms windows every 8 ms at 16 kHz. */
export const FIXTURE_LAYOUT = { sampleRate: 16000, fftSize: 512, windowLength: 512, hop: 128 } as const;

/** Samples of a 16-bit mono WAV with the plain 44-byte header, as the fixtures are. */
export function fixtureSamples(name: string): Float32Array {
  const bytes = readFileSync(new URL(`../fixtures/${name}.wav`, import.meta.url));
  const samples = new Float32Array((bytes.length - 44) / 2);
  for (let i = 0; i < samples.length; i++) samples[i] = bytes.readInt16LE(44 + 2 * i) / 32768;
  return samples;
}

/** Magnitude frames of a recording in test/fixtures. */
export const fixtureFrames = (name: string): MagnitudeFrames =>
  magnitudeFrames(fixtureSamples(name), FIXTURE_LAYOUT);

/**
 * A plain Kullback-Leibler factorization (Lee and Seung 2001) of frames, for tests only: atomCount x bins atoms that sum to 1.
 */
export function learnAtoms(
  { frames, count, bins }: MagnitudeFrames,
  atomCount: number,
  iterations = 40,
  seed = 1,
): Float32Array {
  const random = randomSource(seed);
  const atoms = Float64Array.from({ length: atomCount * bins }, () => 0.1 + random());
  const activations = Float64Array.from({ length: count * atomCount }, () => 0.1 + random());
  const model = new Float64Array(bins);
  for (let i = 0; i < iterations; i++) {
    const numerators = new Float64Array(atoms.length);
    const sums = new Float64Array(atomCount);
    for (let t = 0; t < count; t++) {
      model.fill(1e-9);
      for (let k = 0; k < atomCount; k++) {
        const h = activations[t * atomCount + k]!;
        for (let f = 0; f < bins; f++) model[f]! += h * atoms[k * bins + f]!;
      }
      for (let f = 0; f < bins; f++) model[f] = frames[t * bins + f]! / model[f]!;
      for (let k = 0; k < atomCount; k++) {
        const h = activations[t * atomCount + k]!;
        let u = 0;
        let atomSum = 1e-12;
        for (let f = 0; f < bins; f++) {
          u += atoms[k * bins + f]! * model[f]!;
          atomSum += atoms[k * bins + f]!;
          numerators[k * bins + f]! += h * model[f]!;
        }
        sums[k]! += h;
        activations[t * atomCount + k] = (h * u) / atomSum;
      }
    }
    for (let k = 0; k < atomCount; k++) {
      let atomSum = 1e-12;
      for (let f = 0; f < bins; f++)
        atomSum += atoms[k * bins + f]! *= numerators[k * bins + f]! / (sums[k]! + 1e-12);
      for (let f = 0; f < bins; f++) atoms[k * bins + f]! /= atomSum;
    }
  }
  return Float32Array.from(atoms);
}

/** 24 atoms of a voice and 8 of a noise, learned from the fixtures. */
export function fixtureAtoms(): { atoms: Float32Array; atomCount: number; bins: number } {
  const speech = fixtureFrames('speech');
  const voice = learnAtoms(speech, 24);
  const noise = learnAtoms(fixtureFrames('noise'), 8);
  const atoms = new Float32Array(voice.length + noise.length);
  atoms.set(voice);
  atoms.set(noise, voice.length);
  return { atoms, atomCount: 32, bins: speech.bins };
}
