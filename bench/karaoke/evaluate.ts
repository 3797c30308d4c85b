import { measurer, type Measures } from './measures.ts';
import type { Channels, Song } from './songs.ts';
import { mixSystem } from './systems/mix.ts';
import type { SlowSystem, System } from './systems/system.ts';

export interface EvaluateOptions {
  /** The song as it is is measured whether it is among them or not. Names must differ. */
  readonly systems: readonly (System | SlowSystem)[];
  /** Songs, each loaded when it is its turn. There must be at least one. */
  readonly songs: readonly (() => Promise<Song>)[];
  /** A line on what is being done. */
  readonly onProgress?: (text: string) => void;
}

export interface SongResult {
  readonly measures: Measures;
  /** CPU seconds per second of sound. */
  readonly cpu: number;
}

export interface SystemResult {
  readonly name: string;
  readonly description: string;
  readonly oracle: boolean;
  /** In milliseconds, at the rate of the first song; undefined for one that must have heard the whole song. */
  readonly latency: number | undefined;
  /** One a song. */
  readonly songs: readonly SongResult[];
}

export interface Evaluation {
  readonly songs: readonly { readonly name: string; readonly seconds: number; readonly channels: number }[];
  /** The song as it is comes first. */
  readonly systems: readonly SystemResult[];
}

/** Seconds of the first song that every system gets to hear before anything is timed. */
const WARM_UP = 3;

/** Runs every system on the same songs and measures what comes out. Deterministic but for the CPU times. */
export async function evaluate(options: EvaluateOptions): Promise<Evaluation> {
  const { onProgress = () => {} } = options;
  const systems = [mixSystem, ...options.systems.filter(({ name }) => name !== mixSystem.name)];
  const twice = systems.find(({ name }, i) => systems.findIndex((other) => other.name === name) !== i);
  if (twice) throw new Error(`There are two systems named ${twice.name}; every name must be its own.`);
  if (options.songs.length === 0) throw new Error('There are no songs to measure.');

  const heard: Evaluation['songs'][number][] = [];
  const results = systems.map(({ name, description, oracle = false }) => ({
    name,
    description,
    oracle,
    latency: undefined as number | undefined,
    songs: [] as SongResult[],
  }));
  for (const [index, load] of options.songs.entries()) {
    const song = await load();
    const { name, sampleRate, mix } = song;
    const seconds = mix[0]!.length / sampleRate;
    heard.push({ name, seconds, channels: mix.length });
    onProgress(
      `song ${index + 1} of ${options.songs.length}: ${name}, ${seconds.toFixed(1)} s, ${mix.length} channels`,
    );
    const measure = measurer(song);
    for (const [s, system] of systems.entries()) {
      const result = results[s]!;
      if (index === 0) {
        const latency = system.latency(sampleRate);
        result.latency = latency === undefined ? undefined : (1000 * latency) / sampleRate;
        await system.separate(beginning(song));
      }
      const before = process.cpuUsage();
      const separation = await system.separate(song);
      const used = process.cpuUsage(before);
      result.songs.push({
        measures: measure(separation),
        cpu: (used.user + used.system) / 1e6 / seconds,
      });
    }
  }
  return { songs: heard, systems: results };
}

/** The first seconds of a song: to make the code warm, whatever there is to hear. */
function beginning({ name, sampleRate, mix, vocals, backing }: Song): Song {
  const cut = (channels: Channels): Float32Array[] =>
    channels.map((channel) => channel.slice(0, WARM_UP * sampleRate));
  return { name, sampleRate, mix: cut(mix), vocals: cut(vocals), backing: cut(backing) };
}
