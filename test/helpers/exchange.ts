import { readFileSync } from 'node:fs';
import { zipSync } from 'fflate';
import type { Dictionary } from '../../src/dictionary/index.ts';
import { twoBandDictionary } from './small-dictionaries.ts';

/** The 6 atoms of 33 bins of the files in test/fixtures/exchange, summing to 1. */
export function ruledAtoms(): Float32Array {
  const atoms = new Float32Array(6 * 33);
  for (let k = 0; k < 6; k++) {
    const row = Array.from({ length: 33 }, (_, f) => 1 + ((7 * f + 3 * k) % 11));
    const sum = row.reduce((a, b) => a + b, 0);
    for (const [f, value] of row.entries()) atoms[k * 33 + f] = value / sum;
  }
  return atoms;
}

export const exchangeFixture = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../fixtures/exchange/${name}`, import.meta.url)));

/** A dictionary in which nothing is as by default. */
export const unusualDictionary = (): Dictionary => ({
  ...twoBandDictionary({ fftSize: 256, windowLength: 200, hop: 50, sampleRate: 22050.5 }),
  name: 'Größe “ß” 🎙',
  window: 'asymmetric',
  exponent: 0.75,
  divergence: 'itakura-saito',
  card: { description: 'Line\nand line', licence: 'CC0', scores: '+4.8 dB' },
  tensors: [
    { name: 'gains', shape: [], data: Float32Array.of(0.5) },
    { name: 'later.0', shape: [2, 3], data: Float32Array.of(1, -2, 3, 4, 5, 6.5) },
  ],
});

/** An archive of the given members, deflated. */
export const deflated = (members: Record<string, Uint8Array>): Uint8Array => zipSync(members, { level: 9 });

/** A copy in which the text at its only place (or the last of several) is another of the same length. */
export function patched(bytes: Uint8Array, find: string, replace: string): Uint8Array {
  const copy = Buffer.from(bytes);
  const at = copy.lastIndexOf(find, undefined, 'latin1');
  if (at < 0 || find.length !== replace.length) throw new Error(`Cannot patch ${find}.`);
  copy.write(replace, at, 'latin1');
  return new Uint8Array(copy);
}
