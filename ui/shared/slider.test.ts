import { describe, expect, it } from 'vitest';
import { parameterInfo } from '../../src/parameters.ts';
import { numberText, settle, spokenText, valueAfterKey } from './slider.ts';

const gain = parameterInfo('gain0');
const smoothing = parameterInfo('smoothing');
const exponent = parameterInfo('exponent');
const press = (key: string, shiftKey = false) =>
  ({ key, shiftKey, ctrlKey: false, metaKey: false, altKey: false }) as KeyboardEvent;

describe('keys of a slider', () => {
  it('arrows are a step, with Shift a tenth of one, pages ten steps', () => {
    expect(valueAfterKey(press('ArrowUp'), -10, gain)).toBe(-9);
    expect(valueAfterKey(press('ArrowLeft'), -10, gain)).toBe(-11);
    expect(valueAfterKey(press('ArrowUp', true), -10, gain)).toBe(-9.9);
    expect(valueAfterKey(press('PageDown'), -10, gain)).toBe(-20);
    expect(valueAfterKey(press('PageUp'), 30, smoothing)).toBe(80);
  });

  it('Home and End go to the ends, Delete to the default', () => {
    expect(valueAfterKey(press('Home'), -10, gain)).toBe(-60);
    expect(valueAfterKey(press('End'), -10, gain)).toBe(12);
    expect(valueAfterKey(press('Delete'), 3, exponent)).toBe(2);
  });

  it('never leaves the range', () => {
    expect(valueAfterKey(press('PageUp'), 11, gain)).toBe(12);
    expect(valueAfterKey(press('ArrowDown'), 0.5, exponent)).toBe(0.5);
  });

  it('leaves other keys, and those with Ctrl, to the page', () => {
    expect(valueAfterKey(press('b'), 0, gain)).toBeUndefined();
    expect(valueAfterKey({ ...press('ArrowUp'), ctrlKey: true } as KeyboardEvent, 0, gain)).toBeUndefined();
  });
});

describe('texts of a slider', () => {
  it('say the unit, and "off" for a gain that is silence', () => {
    expect(spokenText(-6.5, gain)).toBe('-6.5 dB');
    expect(spokenText(-60, gain)).toBe('off');
    expect(spokenText(30, smoothing)).toBe('30 milliseconds');
    expect(spokenText(0, parameterInfo('reduction'))).toBe('0.0 dB');
  });

  it('show the sign of a gain', () => {
    expect(numberText(3, gain)).toBe('+3.0');
    expect(numberText(-3, gain)).toBe('−3.0');
    expect(numberText(-60, gain)).toBe('−∞');
    expect(numberText(2, exponent)).toBe('2.00');
  });

  it('a dragged value settles on a tenth of a step', () => {
    expect(settle(-12.3456, gain)).toBe(-12.3);
    expect(settle(1.23456, exponent)).toBe(1.23);
    expect(settle(99, exponent)).toBe(4);
  });
});
