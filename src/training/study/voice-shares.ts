import type { SpectralGrid } from '../../dictionary/dictionary.ts';
import type { HeardBlock } from './heard-frames.ts';
import { clearStrengthOf } from './melody.ts';
import { PlaceShares } from './stereo-places.ts';

/** Log odds that each cue adds: partials of the melody, the dictionary, places in the stereo image. */
const MELODY = 3;
const DICTIONARY = 0.4;
const PLACE = 0.7;
/** Rounds in which places and shares are found from each other. */
const ROUNDS = 2;
/** How sharply a melody counts as sung or not, around this part of the clear strength. */
const SHARPNESS = 8;
const SUNG = 0.5;
/** Hz: half-width of a partial, and what each Hz of its frequency adds to it (vibrato). */
const WIDTH = 22;
const WIDENING = 0.012;
/** Hz: no partials are looked for above. */
const TOP = 6000;
/** Hz: below, all is accompaniment. */
const LOWEST = 100;

export interface VoiceShares {
  /** A block each: count x bins, the voice's share (0 to 1) of each magnitude. */
  readonly shares: readonly Float32Array[];
  /** Part of the frames in which a melody is sung. */
  readonly sung: number;
}

/**
 * What of a song is voice, from all cues together: it is on the partials of a melody, like the voices that the dictionary knows, and where in the stereo
 * image that melody stands. Frames without a melody are accompaniment, but for what the other cues say.
 */
export function findVoice(blocks: readonly HeardBlock[], grid: SpectralGrid): VoiceShares {
  const bins = grid.fftSize / 2 + 1;
  const spacing = grid.sampleRate / grid.fftSize;
  const lowest = Math.round(LOWEST / spacing);
  const clear = clearStrengthOf(Float32Array.from(blocks.flatMap(({ strengths }) => [...strengths])));
  let sung = 0;
  let frames = 0;
  const odds = blocks.map(({ count, odds: known, pitches, strengths }) => {
    const result = new Float32Array(count * bins);
    for (let n = 0; n < count; n++) {
      const certainty = 1 / (1 + Math.exp(-SHARPNESS * (strengths[n]! / (clear + 1e-9) - SUNG)));
      if (certainty > 0.5) sung++;
      frames++;
      for (let f = 0; f < bins; f++) {
        const partial = f * spacing > TOP ? 0 : 2 * onPartial(f * spacing, pitches[n]!) - 1;
        const melody = certainty * partial - (1 - certainty);
        result[n * bins + f] = MELODY * melody + DICTIONARY * known[n * bins + f]!;
      }
    }
    return result;
  });
  const shares = blocks.map(({ count }) => new Float32Array(count * bins));
  let places: Float32Array | undefined;
  for (let round = 0; round <= ROUNDS; round++) {
    const heard = new PlaceShares();
    for (const [b, { spectrum, cells }] of blocks.entries()) {
      const share = shares[b]!;
      for (let i = 0; i < share.length; i++) {
        if (i % bins < lowest) continue;
        const place = places && cells ? PLACE * places[cells[i]!]! : 0;
        share[i] = 1 / (1 + Math.exp(-odds[b]![i]! - place));
        if (cells) heard.add(cells[i]!, spectrum[i]!, share[i]!);
      }
    }
    if (!blocks.some(({ cells }) => cells)) break;
    places = heard.odds();
  }
  return { shares, sung: frames > 0 ? sung / frames : 0 };
}

/** 1 on a partial of the pitch, 0 between two; where they are too wide to be told apart, half. */
function onPartial(frequency: number, pitch: number): number {
  const number = Math.round(frequency / pitch);
  if (number < 1) return 0;
  if (4 * WIDENING * frequency > pitch) return 0.5;
  const width = WIDTH + WIDENING * frequency;
  return Math.exp(-0.5 * ((frequency - number * pitch) / width) ** 2);
}
