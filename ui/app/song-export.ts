import { proxy, transfer, wrap, type Remote } from 'comlink';
import { readWav, writeWav } from '../../src/audio/wav.ts';
import type { StemsJob, StemsService } from '../workers/stems.worker.ts';
import { fileRate } from './file-rate.ts';
import { fileMessage } from './plain-errors.ts';
import { Stretch } from './stretch.ts';

/** A song in full, at the rate of its file where that is known. */
export interface Song {
  readonly channels: Float32Array[];
  readonly sampleRate: number;
}

/** At most two channels are played, so no more are saved. */
const MOST_CHANNELS = 2;
/** 1 / 32768 below full scale. */
const HIGHEST = 32767 / 32768;

/** Reads a file as it is, without bringing it to the rate of the loudspeakers. `rate`: for files that do not tell theirs. */
export async function readSong(file: Blob, name: string, rate: number): Promise<Song> {
  const bytes = await file.arrayBuffer();
  try {
    const { channels, sampleRate } = readWav(new Uint8Array(bytes));
    return { channels: channels.slice(0, MOST_CHANNELS), sampleRate };
  } catch {
    // Another kind of file.
  }
  const context = new OfflineAudioContext(1, 1, fileRate(new Uint8Array(bytes)) ?? rate);
  const buffer = await context.decodeAudioData(bytes).catch(() => {
    throw new Error(fileMessage(name));
  });
  const count = Math.min(MOST_CHANNELS, buffer.numberOfChannels);
  return {
    channels: Array.from({ length: count }, (_, channel) => buffer.getChannelData(channel)),
    sampleRate: buffer.sampleRate,
  };
}

/** Runs one job in a worker that ends with it; aborting rejects with the signal's reason. */
async function inWorker<T>(
  job: StemsJob,
  signal: AbortSignal,
  work: (service: Remote<StemsService>, job: StemsJob) => Promise<T>,
): Promise<T> {
  const worker = new Worker(new URL('../workers/stems.worker.ts', import.meta.url), { type: 'module' });
  const failed = new Promise<never>((_, reject) => {
    worker.onerror = ({ message }) => reject(new Error(message || 'The browser could not start a worker.'));
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  try {
    const channels = job.channels.map((channel) => channel.slice());
    const moved = transfer(
      { ...job, channels },
      channels.map(({ buffer }) => buffer),
    );
    return await Promise.race([work(wrap<StemsService>(worker), moved), failed]);
  } finally {
    worker.terminate();
  }
}

/** See the worker's `stems`. */
export const renderStems = (
  job: StemsJob,
  signal: AbortSignal,
  onProgress: (fraction: number) => void,
): Promise<Uint8Array<ArrayBuffer>[]> =>
  inWorker(job, signal, (service, moved) => service.stems(moved, proxy(onProgress)));

/** The song with its faders, key and tempo, as a WAV of 16 bits. */
export async function renderMix(
  job: StemsJob,
  change: { readonly semitones: number; readonly rate: number },
  signal: AbortSignal,
  onProgress: (fraction: number) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const changed = change.semitones !== 0 || change.rate !== 1;
  const share = changed ? 0.7 : 1;
  let mixed = await inWorker(job, signal, (service, moved) =>
    service.mix(
      moved,
      proxy((fraction: number) => onProgress(share * fraction)),
    ),
  );
  if (changed) mixed = await stretched(mixed, job.sampleRate, change);
  signal.throwIfAborted();
  const peak = mixed.reduce((most, channel) => channel.reduce((m, s) => Math.max(m, Math.abs(s)), most), 0);
  // Parts of a song can be louder than their sum: better softer than cut.
  const gain = peak > HIGHEST ? HIGHEST / peak : 1;
  const channels = gain < 1 ? mixed.map((channel) => channel.map((sample) => gain * sample)) : mixed;
  return writeWav({ channels, sampleRate: job.sampleRate, format: 'pcm16' }).bytes as Uint8Array<ArrayBuffer>;
}

/** Channels at another key and tempo. */
export async function stretched(
  channels: readonly Float32Array[],
  sampleRate: number,
  { semitones, rate }: { readonly semitones: number; readonly rate: number },
): Promise<Float32Array[]> {
  const length = Math.ceil((channels[0]?.length ?? 0) / rate);
  const probe = new OfflineAudioContext(channels.length, 1, sampleRate);
  // What is scheduled later than this comes out whole; that much of silence is then cut off.
  const { latency } = await Stretch.open(probe, AudioWorkletNode);
  const lead = Math.ceil(latency * sampleRate);
  const context = new OfflineAudioContext(2, lead + length, sampleRate);
  const stretch = await Stretch.open(context, AudioWorkletNode);
  await stretch.load(channels);
  await stretch.schedule({ output: lead / sampleRate, active: true, input: 0, rate, semitones });
  stretch.node.connect(context.destination);
  const buffer = await context.startRendering();
  return channels.map((_, channel) => buffer.getChannelData(channel).slice(lead));
}
