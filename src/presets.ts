import { PARAMETERS, SILENCE_DB } from './parameters.ts';
import type { LatencyMode } from './separator/latency-modes.ts';

export type PresetId = 'denoise' | 'karaoke';

/** What one task starts with. */
export interface Preset {
  /** Name of a built-in dictionary, whose file is `dictionaries/` and this and `.safetensors`. */
  readonly dictionary: string;
  readonly mode: LatencyMode;
  /** Every parameter by name (parameters.ts). */
  readonly parameters: Readonly<Record<string, number>>;
}

const defaults = Object.fromEntries(PARAMETERS.map(({ name, defaultValue }) => [name, defaultValue]));

/** The tasks that the app and the command line have ready: the one place that says how they start. */
export const PRESETS: Readonly<Record<PresetId, Preset>> = {
  denoise: {
    dictionary: 'denoise',
    mode: 'balanced',
    parameters: { ...defaults, gain1: SILENCE_DB },
  },
  karaoke: {
    dictionary: 'vocals-accompaniment',
    mode: 'quality',
    // A voice that is only lowered, or that goes slowly, is still heard to sing; artefacts matter less under a band than under a voice.
    parameters: { ...defaults, gain0: SILENCE_DB, reduction: 36, smoothing: 0 },
  },
};
