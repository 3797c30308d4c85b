import { readWav } from '../../src/audio/wav.ts';
import { RESAMPLED_PASSBAND, unusable, type Recording } from '../../src/training/index.ts';
import { fileMessage } from './plain-errors.ts';
import { outlineOf } from './player.ts';

/** Recordings of fewer seconds are used, with the advice to take more. */
export const ADVISED_SECONDS = 3;
/** Hz; what such a recording lacks is hardly heard. */
const FULL_BAND_RATE = 40000;
const OUTLINE_POINTS = 160;
/** Hz, for files whose own rate the browser does not tell. */
const DECODED_RATE = 48000;

/** One recording to learn from, as it is listed. */
export interface Take {
  readonly id: number;
  readonly recording: Recording;
  readonly seconds: number;
  /** 0 to 1. */
  readonly outline: Float32Array;
  /** Why it cannot be used; the others are. */
  readonly problem: string | undefined;
}

export interface Advice {
  readonly used: boolean;
  readonly text: string;
}

let count = 0;

export function makeTake(recording: Recording, unreadable?: string): Take {
  const { name, samples, sampleRate } = recording;
  const reason = unusable(recording)?.message.replace(`"${name}" was left out: `, '');
  return {
    id: ++count,
    recording,
    seconds: sampleRate > 0 ? samples.length / sampleRate : 0,
    outline: outlineOf(samples, OUTLINE_POINTS),
    problem: unreadable ?? reason,
  };
}

/** What the user should know about a take that is to be learned at `layoutRate` Hz; undefined when it is just fine. */
export function adviceFor(take: Take, layoutRate: number): Advice | undefined {
  if (take.problem !== undefined) return { used: false, text: `Left out: ${take.problem}` };
  const { sampleRate } = take.recording;
  if (sampleRate < layoutRate && sampleRate < FULL_BAND_RATE) {
    const reach = (0.5 * RESAMPLED_PASSBAND * sampleRate) / 1000;
    const rate = Number((sampleRate / 1000).toFixed(2));
    return { used: true, text: `At ${rate} kHz: nothing above ${reach.toFixed(1)} kHz is learned from it.` };
  }
  if (take.seconds < ADVISED_SECONDS) {
    return { used: true, text: `Short: ${ADVISED_SECONDS} s or more say more about a sound.` };
  }
  return undefined;
}

/** Reads a sound file as mono. A WAV keeps its rate; others come at that of the decoder. Never rejects: see {@link Take.problem}. */
export async function takeOfFile(file: File): Promise<Take> {
  const { name } = file;
  const nothing: Recording = { name, samples: new Float32Array(0), sampleRate: DECODED_RATE };
  if (file.size === 0) return makeTake(nothing);
  try {
    const bytes = await file.arrayBuffer();
    const { channels, sampleRate } = readWavOr(bytes) ?? (await decode(bytes));
    return makeTake({ name, samples: mono(channels), sampleRate });
  } catch {
    return makeTake(nothing, fileMessage(name));
  }
}

interface Sound {
  readonly channels: readonly Float32Array[];
  readonly sampleRate: number;
}

/** What the browser may read, this reader may not, and the other way round. */
function readWavOr(bytes: ArrayBuffer): Sound | undefined {
  try {
    return readWav(new Uint8Array(bytes));
  } catch {
    return undefined;
  }
}

async function decode(bytes: ArrayBuffer): Promise<Sound> {
  const buffer = await new OfflineAudioContext(1, 1, DECODED_RATE).decodeAudioData(bytes);
  const channels = Array.from({ length: buffer.numberOfChannels }, (_, c) => buffer.getChannelData(c));
  return { channels, sampleRate: buffer.sampleRate };
}

function mono(channels: readonly Float32Array[]): Float32Array {
  const [first = new Float32Array(0), ...others] = channels;
  if (others.length === 0) return first.slice();
  return first.map((sample, n) => others.reduce((sum, other) => sum + other[n]!, sample) / channels.length);
}
