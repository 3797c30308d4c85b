import type { Dictionary } from '../../../src/dictionary/index.ts';
import { windowPair } from '../../../src/dsp/window.ts';
import { gainName, SILENCE_DB } from '../../../src/parameters.ts';
import { PRESETS } from '../../../src/presets.ts';
import { frameLayout, type LatencyMode } from '../../../src/separator/latency-modes.ts';
import { Separator } from '../../../src/separator/separator.ts';
import { applyGains, type FrameGrid, type Gains } from '../frames.ts';
import type { Channels, Song } from '../songs.ts';
import type { Separation, System } from './system.ts';

export interface SottoOptions {
  readonly dictionary: Dictionary;
  /** Monitor filters in the time domain: what it does to the stems cannot be told from the gains of its frames. */
  readonly mode: Exclude<LatencyMode, 'monitor'>;
  /** Default `sotto-` and the mode. */
  readonly name?: string;
  /** Controls by name (parameters.ts); they come after those of the preset. */
  readonly parameters?: Readonly<Record<string, number>>;
}

/** Sotto's engine, live, set as `sotto karaoke` sets it: the source whose label is "vocals" out, the rest as it is. */
export function sottoSystem(options: SottoOptions): System {
  const { dictionary, mode } = options;
  const voice = dictionary.sources.findIndex(({ label }) => label.toLowerCase() === 'vocals');
  if (voice < 0) {
    const labels = dictionary.sources.map(({ label }) => label).join(', ');
    throw new Error(`The dictionary "${dictionary.name}" has no source vocals; it has ${labels}.`);
  }
  const parameters = {
    ...PRESETS.karaoke.parameters,
    // The preset silences the voice of its own dictionary; here it may be another source.
    [gainName(0)]: 0,
    [gainName(voice)]: SILENCE_DB,
    ...options.parameters,
  };
  return {
    name: options.name ?? `sotto-${mode}`,
    description: `Sotto live, mode ${mode}, dictionary "${dictionary.name}"`,
    latency: (sampleRate) => frameLayout(mode, sampleRate).latency,
    separate: (song) => separate(song, { dictionary, mode }, parameters),
  };
}

/** Runs the engine and keeps the gains of each frame, to find out what they do to voice and backing alone. */
function separate(
  { mix, sampleRate }: Song,
  configuration: Pick<SottoOptions, 'dictionary' | 'mode'>,
  parameters: Readonly<Record<string, number>>,
): Separation {
  const separator = new Separator();
  for (const [name, value] of Object.entries(parameters)) separator.setParameter(name, value);
  separator.configure({ ...configuration, sampleRate, channels: mix.length });
  const { latency, layout } = separator;
  const { hop, slack, fftSize, windowLength, tail } = layout;
  const { length } = mix[0]!;
  const frames = Math.ceil((length + latency) / hop) + 1;
  const padded = mix.map((channel) => {
    const result = new Float32Array((frames + 1) * hop);
    result.set(channel);
    return result;
  });
  const outputs = padded.map((channel) => new Float32Array(channel.length));
  let at = 0;
  const advance = (count: number): void => {
    const part = (channel: Float32Array): Float32Array => channel.subarray(at, at + count);
    separator.process(padded.map(part), outputs.map(part), count);
    at += count;
  };
  advance(hop);
  const gains = Array.from({ length: frames }, (): Gains => {
    // `slack` after its end, a frame is done, and the next one has not begun.
    if (slack > 0) advance(slack);
    const gain = separator.frame.gain.slice();
    advance(hop - slack);
    return [gain];
  });
  const grid: FrameGrid = { fftSize, hop, ...windowPair(windowLength, tail, hop) };
  return {
    backing: outputs.map((channel) => channel.slice(latency, latency + length)),
    respond: (channels: Channels) => applyGains(channels, grid, gains),
  };
}
