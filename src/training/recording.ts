/** A recording of one source alone, mono. */
export interface Recording {
  /** Shown in messages. */
  readonly name: string;
  /** Nominally -1 to 1. */
  readonly samples: Float32Array;
  /** Hz. */
  readonly sampleRate: number;
}

export type RecordingProblem =
  'empty' | 'sample-rate' | 'not-finite' | 'too-short' | 'silent' | 'clipped' | 'band-limited';

/** What a user should know about one recording. The others are used all the same. */
export interface RecordingMessage {
  readonly recording: string;
  readonly problem: RecordingProblem;
  /** A sentence. */
  readonly message: string;
  /** False: it was left out. */
  readonly used: boolean;
}

/** Seconds; less says too little about a sound. */
export const SHORTEST_RECORDING = 0.1;
/** Peak, linear: -80 dBFS. */
const SILENT_PEAK = 1e-4;
/** A sample at or above this is at full scale. */
const FULL_SCALE = 0.999;
/** A recording of which more than this fraction is at full scale, in runs of at least three samples, is distorted. */
const CLIPPED_FRACTION = 0.005;

/** Why a recording cannot be trained on, or undefined where it can. */
export function unusable({ name, samples, sampleRate }: Recording): RecordingMessage | undefined {
  const say = (problem: RecordingProblem, what: string): RecordingMessage => ({
    recording: name,
    problem,
    message: `"${name}" was left out: ${what}`,
    used: false,
  });
  if (samples.length === 0) return say('empty', 'it is empty.');
  if (!(sampleRate > 0 && Number.isFinite(sampleRate))) {
    return say('sample-rate', `its sample rate is ${sampleRate} Hz; it must be above 0.`);
  }
  const seconds = samples.length / sampleRate;
  if (seconds < SHORTEST_RECORDING) {
    return say(
      'too-short',
      `it lasts ${seconds.toFixed(3)} s; it must last at least ${SHORTEST_RECORDING} s.`,
    );
  }
  let peak = 0;
  let clipped = 0;
  let run = 0;
  for (let i = 0; i < samples.length; i++) {
    const size = Math.abs(samples[i]!);
    if (!(size < Infinity))
      return say('not-finite', `sample ${i} is ${samples[i]}; all must be finite numbers.`);
    if (size > peak) peak = size;
    run = size >= FULL_SCALE ? run + 1 : 0;
    if (run === 3) clipped += 3;
    else if (run > 3) clipped++;
  }
  if (peak < SILENT_PEAK) return say('silent', 'it is silent: its peak is below -80 dBFS.');
  if (clipped > CLIPPED_FRACTION * samples.length) {
    const percent = ((100 * clipped) / samples.length).toFixed(1);
    return say('clipped', `${percent} % of it is clipped; record it again at a lower level.`);
  }
  return undefined;
}
