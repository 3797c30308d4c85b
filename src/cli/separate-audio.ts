import type { Audio } from '../audio/wav.ts';
import type { Dictionary } from '../dictionary/index.ts';
import { frameLayout, type FrameLayout, type LatencyMode } from '../separator/latency-modes.ts';
import { render } from '../separator/render.ts';
import { CommandError } from './errors.ts';
import { fitDictionary } from './load-dictionary.ts';
import type { Terminal } from './terminal.ts';

export interface Job {
  readonly mode: LatencyMode;
  readonly dictionary: Dictionary;
  readonly outputs: 'mix' | 'sources';
  readonly parameters: Readonly<Record<string, number>>;
  /** For the progress line. */
  readonly label: string;
}

/** The layout for a file. Throws a CommandError for a sample rate that is out of range. */
export function layoutFor(file: string, mode: LatencyMode, sampleRate: number): FrameLayout {
  try {
    return frameLayout(mode, sampleRate);
  } catch (error) {
    if (error instanceof RangeError) throw new CommandError(`${file}: ${error.message}`);
    throw error;
  }
}

/** A sound through the engine, all channels under one mask; as many arrays as render() gives. */
export function separateAudio(file: string, audio: Audio, job: Job, terminal: Terminal): Float32Array[] {
  const layout = layoutFor(file, job.mode, audio.sampleRate);
  const { dictionary, note } = fitDictionary(job.dictionary, layout);
  if (note) terminal.note(note);
  const length = audio.channels[0]!.length;
  if (length === 0) {
    terminal.note(`${file} has no samples, so neither has the output.`);
    const count = job.outputs === 'sources' ? dictionary.sources.length : 1;
    return Array.from({ length: count * audio.channels.length }, () => new Float32Array(0));
  }
  const seconds = length / audio.sampleRate;
  const started = performance.now();
  terminal.progress(job.label, 0, seconds);
  const { sampleRate } = audio;
  const { mode, outputs, parameters } = job;
  const rendered = render(audio.channels, { sampleRate, mode, dictionary, outputs, parameters }, (fraction) =>
    terminal.progress(job.label, fraction, seconds),
  )!;
  terminal.progress(job.label, 1, seconds);
  const speed = seconds / ((performance.now() - started) / 1000);
  terminal.detail(`${seconds.toFixed(1)} s of sound, ${speed.toFixed(1)} times faster than real time.`);
  return rendered;
}
