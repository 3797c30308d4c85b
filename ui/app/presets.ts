import { PARAMETERS, SILENCE_DB } from '../../src/parameters.ts';
import type { LatencyMode } from '../../src/separator/latency-modes.ts';

export type PresetId = 'denoise' | 'karaoke';

export interface Preset {
  readonly label: string;
  /** A built-in dictionary, see dictionaries.ts. */
  readonly dictionary: string;
  readonly mode: LatencyMode;
  /** Every parameter by name. */
  readonly parameters: Readonly<Record<string, number>>;
  /** The demo clip that goes with it. */
  readonly demo: DemoClip;
}

export interface DemoClip {
  readonly name: string;
  /** Relative to the page, so that the app may live in any folder. */
  readonly url: string;
  readonly credit: string;
}

const defaults = Object.fromEntries(PARAMETERS.map(({ name, defaultValue }) => [name, defaultValue]));

export const PRESETS: Readonly<Record<PresetId, Preset>> = {
  denoise: {
    label: 'Denoise',
    dictionary: 'voice-noise',
    mode: 'balanced',
    parameters: { ...defaults, gain1: SILENCE_DB },
    demo: {
      name: 'Speech in rain',
      url: 'demo/speech-in-rain.mp3',
      credit: 'VCTK, LibriSpeech (CC BY 4.0) · ESC-10 (CC BY 3.0)',
    },
  },
  karaoke: {
    label: 'Karaoke',
    dictionary: 'vocals-accompaniment',
    mode: 'quality',
    parameters: { ...defaults, gain0: SILENCE_DB, reduction: 36 },
    demo: {
      name: 'Song: Caesium',
      url: 'demo/song.mp3',
      credit: 'Everything is Remixed (CC0 1.0)',
    },
  },
};

export const PRESET_IDS = Object.keys(PRESETS) as PresetId[];
