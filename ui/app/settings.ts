import { PARAMETERS } from '../../src/parameters.ts';
import { LATENCY_MODES, type LatencyMode } from '../../src/separator/latency-modes.ts';
import { PRESETS, type PresetId } from './presets.ts';

/** What is remembered between visits. */
export interface Settings {
  preset: PresetId;
  mode: LatencyMode;
  /** On the shelf; '' is that of the preset. */
  dictionary: string;
  /** Values by parameter name; bypass is not remembered. */
  parameters: Record<string, number>;
  /** Linear, 0 to 1. */
  volume: number;
  speakersMuted: boolean;
  loop: boolean;
  /** The microphone chosen last. */
  deviceId: string;
  /** Answer to the notice about headphones; without them a microphone is not sent to the speakers. */
  headphones: 'unasked' | 'yes' | 'no';
}

const KEY = 'sotto.settings';

export const defaultSettings = (): Settings => ({
  preset: 'denoise',
  mode: PRESETS.denoise.mode,
  dictionary: '',
  parameters: { ...PRESETS.denoise.parameters },
  volume: 0.8,
  speakersMuted: false,
  loop: true,
  deviceId: '',
  headphones: 'unasked',
});

/** Reads the settings; whatever is missing, of the wrong kind or out of range takes its default. */
export function loadSettings(): Settings {
  const settings = defaultSettings();
  let stored: Partial<Settings>;
  try {
    stored = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Settings>;
  } catch {
    return settings;
  }
  if (stored === null || typeof stored !== 'object') return settings;
  if (stored.preset && Object.hasOwn(PRESETS, stored.preset)) {
    settings.preset = stored.preset;
    settings.mode = PRESETS[stored.preset].mode;
    settings.parameters = { ...PRESETS[stored.preset].parameters };
  }
  if (stored.mode && LATENCY_MODES.includes(stored.mode)) settings.mode = stored.mode;
  for (const { name, minValue, maxValue } of PARAMETERS) {
    const value = stored.parameters?.[name];
    if (name !== 'bypass' && typeof value === 'number' && value >= minValue && value <= maxValue) {
      settings.parameters[name] = value;
    }
  }
  if (typeof stored.volume === 'number' && stored.volume >= 0 && stored.volume <= 1) {
    settings.volume = stored.volume;
  }
  if (typeof stored.speakersMuted === 'boolean') settings.speakersMuted = stored.speakersMuted;
  if (typeof stored.loop === 'boolean') settings.loop = stored.loop;
  if (typeof stored.dictionary === 'string') settings.dictionary = stored.dictionary;
  if (typeof stored.deviceId === 'string') settings.deviceId = stored.deviceId;
  if (stored.headphones === 'yes' || stored.headphones === 'no') settings.headphones = stored.headphones;
  return settings;
}

/** Storage may be refused or full; the panel then simply forgets. */
export function saveSettings(settings: Settings): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(settings));
  } catch {
    /* remembered for this visit only */
  }
}
