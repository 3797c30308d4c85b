import { describe, expect, it } from 'vitest';
import { dictionaryForLayout, standsOn } from '../../../src/separator/frame-model.ts';
import { frameLayout, LATENCY_MODES } from '../../../src/separator/latency-modes.ts';
import { twoBandDictionary } from '../../helpers/small-dictionaries.ts';

describe('whether a dictionary stands on the grid of a layout', () => {
  it('is what bringing it there would say', () => {
    const layouts = LATENCY_MODES.flatMap((mode) =>
      [16000, 44100, 48000].map((rate) => frameLayout(mode, rate)),
    );
    for (const layout of layouts) {
      for (const grid of layouts) {
        const { sampleRate, fftSize, bins, windowLength } = grid;
        const dictionary = twoBandDictionary({ sampleRate, fftSize, bins, windowLength });
        expect(standsOn(dictionary, layout)).toBe(dictionaryForLayout(dictionary, layout) === dictionary);
      }
    }
  });

  it('depends on the window and the rate alone for an unfolded one, whose bands are the same on any FFT', () => {
    const layout = frameLayout('balanced', 48000);
    const unfolded = {
      ...twoBandDictionary({
        sampleRate: 48000,
        fftSize: 2048,
        bins: 1025,
        windowLength: layout.windowLength,
      }),
      tensors: [{ name: 'unfolded.w', shape: [1], data: new Float32Array(1) }],
    };
    expect(standsOn(unfolded, layout)).toBe(true);
    expect(standsOn(unfolded, frameLayout('quality', 48000))).toBe(false);
    expect(standsOn(unfolded, frameLayout('balanced', 44100))).toBe(false);
  });
});
