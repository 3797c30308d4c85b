import { beforeEach, describe, expect, it } from 'vitest';
import { defaultSettings, loadSettings, saveSettings } from './settings.ts';

let stored: string | null = null;
const storage = {
  getItem: () => stored,
  setItem: (_key: string, value: string) => {
    stored = value;
  },
};

beforeEach(() => {
  stored = null;
  Object.assign(globalThis, { localStorage: storage });
});

describe('settings', () => {
  it('come back as they were saved', () => {
    const settings = {
      ...defaultSettings(),
      volume: 0.25,
      loop: false,
      mode: 'live' as const,
      dictionary: 'own:1',
    };
    settings.parameters = { ...settings.parameters, reduction: 33 };
    saveSettings(settings);
    expect(loadSettings()).toEqual(settings);
  });

  it('are the defaults where nothing, or nothing readable, is stored', () => {
    expect(loadSettings()).toEqual(defaultSettings());
    for (stored of ['{', 'null', '7', '[]', '{"preset":"toString"}']) {
      expect(loadSettings()).toEqual(defaultSettings());
    }
  });

  it('leave out what is of the wrong kind or out of range', () => {
    stored = JSON.stringify({
      volume: 7,
      mode: 'turbo',
      loop: 'yes',
      parameters: { reduction: 1e9, gain0: null },
    });
    expect(loadSettings()).toEqual(defaultSettings());
  });

  it('do not keep the page from working where storage is refused', () => {
    Object.assign(globalThis, {
      localStorage: {
        getItem() {
          throw new Error('refused');
        },
        setItem() {
          throw new Error('refused');
        },
      },
    });
    expect(loadSettings()).toEqual(defaultSettings());
    expect(() => saveSettings(defaultSettings())).not.toThrow();
  });

  it('start without bypass', () => {
    stored = JSON.stringify({ parameters: { bypass: 1 } });
    expect(loadSettings().parameters['bypass']).toBe(0);
  });
});
