/** Cost of a jump to any other pitch, and of each step between neighbouring frames, relative to the salience of a clear pitch. */
const JUMP = 1.5;
const STEP = 0.02;
/** Most steps between neighbouring frames that are no jump: a fast vibrato. */
const REACH = 8;
/** Part of the frames whose best pitch is weaker than that of a frame with a clear one. */
const CLEAR = 0.8;
/** Frames on either side over which the strength of the melody is averaged. */
const AROUND = 5;

export interface Melody {
  /** One a frame. */
  readonly pitches: Int16Array;
  /** Salience of that pitch, averaged over the frames around. */
  readonly strengths: Float32Array;
}

/**
 * The line through the pitches that is strong and moves little (Viterbi's algorithm). `saliences`: frames x pitches. There is a pitch in every frame;
 * whether anybody sings it is for `strengths` to say.
 */
export function findMelody(saliences: Float32Array, frames: number, pitches: number): Melody {
  const scale = 1 / (clearStrength(saliences, frames, pitches) + 1e-9);
  const from = new Int16Array(frames * pitches);
  let last = new Float64Array(pitches);
  let next = new Float64Array(pitches);
  for (let n = 0; n < frames; n++) {
    const highest = indexOfHighest(last);
    for (let p = 0; p < pitches; p++) {
      let best = last[highest]! - JUMP;
      let origin = highest;
      const end = Math.min(pitches - 1, p + REACH);
      for (let q = Math.max(0, p - REACH); q <= end; q++) {
        const score = last[q]! - STEP * Math.abs(q - p);
        if (score > best) {
          best = score;
          origin = q;
        }
      }
      next[p] = best + saliences[n * pitches + p]! * scale;
      from[n * pitches + p] = origin;
    }
    [last, next] = [next, last];
  }
  const line = new Int16Array(frames);
  const own = new Float32Array(frames);
  let pitch = indexOfHighest(last);
  for (let n = frames - 1; n >= 0; n--) {
    line[n] = pitch;
    own[n] = saliences[n * pitches + pitch]!;
    pitch = from[n * pitches + pitch]!;
  }
  return { pitches: line, strengths: averaged(own) };
}

/** The strength of the best pitch in a frame that has a clear one. */
function clearStrength(saliences: Float32Array, frames: number, pitches: number): number {
  const best = new Float32Array(frames);
  for (let n = 0; n < frames; n++) {
    for (let p = n * pitches; p < (n + 1) * pitches; p++) best[n] = Math.max(best[n]!, saliences[p]!);
  }
  return quantile(best, CLEAR);
}

/** The value below which are `part` (0 to 1) of the values; 0 of none. */
export function quantile(values: Float32Array, part: number): number {
  return values.toSorted()[Math.min(values.length - 1, Math.floor(part * values.length))] ?? 0;
}

/** The clear strength of a whole song from the strengths along its melody. */
export const clearStrengthOf = (strengths: Float32Array): number => quantile(strengths, CLEAR);

function indexOfHighest(values: Float64Array): number {
  let highest = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[highest]!) highest = i;
  return highest;
}

function averaged(values: Float32Array): Float32Array {
  return values.map((_, n) => {
    const part = values.subarray(Math.max(0, n - AROUND), n + AROUND + 1);
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
}
