import { describe, expect, it } from 'vitest';
import { SILENCE_DB } from '../../src/parameters.ts';
import { Mix } from './mix.ts';

describe('Mix', () => {
  it('hands the faders on as they are', () => {
    const mix = new Mix({ gain0: -3, reduction: 12 });
    expect(mix.effective()).toMatchObject({ gain0: -3, gain1: 0, reduction: 12, bypass: 0 });
  });

  it('limits values to the range of the parameter', () => {
    const mix = new Mix({});
    mix.set('gain0', 100);
    mix.set('reduction', -5);
    expect(mix.value('gain0')).toBe(12);
    expect(mix.value('reduction')).toBe(0);
  });

  it('mutes a source as if its fader were down, and gives the fader back', () => {
    const mix = new Mix({ gain1: 4, reduction: 12 });
    mix.toggle(mix.muted, 1);
    expect(mix.effective()).toMatchObject({ gain0: 0, gain1: SILENCE_DB, reduction: 12 });
    expect(mix.value('gain1')).toBe(4);
    mix.toggle(mix.muted, 1);
    expect(mix.effective()).toMatchObject({ gain1: 4 });
  });

  it('cuts all others as deeply as can be while a source is soloed, even a muted one', () => {
    const mix = new Mix({ gain2: -6, reduction: 12 });
    mix.toggle(mix.muted, 2);
    mix.toggle(mix.soloed, 2);
    expect(mix.effective()).toMatchObject({
      gain0: SILENCE_DB,
      gain1: SILENCE_DB,
      gain2: -6,
      reduction: 60,
    });
    mix.clear();
    expect(mix.effective()).toMatchObject({ gain0: 0, gain2: -6, reduction: 12 });
  });
});
