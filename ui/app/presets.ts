import { PRESETS as TASKS, type Preset as Task, type PresetId } from '../../src/presets.ts';

export type { PresetId };

/** A task as the panel shows it. */
export interface Preset extends Task {
  readonly label: string;
  /** The demo clip that goes with it. */
  readonly demo: DemoClip;
}

export interface DemoClip {
  readonly name: string;
  /** Relative to the page, so that the app may live in any folder. */
  readonly url: string;
  readonly credit: string;
}

export const PRESETS: Readonly<Record<PresetId, Preset>> = {
  denoise: {
    ...TASKS.denoise,
    label: 'Denoise',
    demo: {
      name: 'Speech in rain',
      url: 'demo/speech-in-rain.mp3',
      credit: 'VCTK, LibriSpeech (CC BY 4.0) · ESC-10 (CC BY 3.0)',
    },
  },
  karaoke: {
    ...TASKS.karaoke,
    label: 'Karaoke',
    demo: {
      name: 'Song: Caesium',
      url: 'demo/song.mp3',
      credit: 'Everything is Remixed (CC0 1.0)',
    },
  },
};

export const PRESET_IDS = Object.keys(PRESETS) as PresetId[];
