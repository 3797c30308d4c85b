import { describe, expect, it } from 'vitest';
import { loopAt, NO_MARKS, positionAfter, rangeOf, withDraggedMark, withMark } from './playhead.ts';

const VERSE = { start: 10, end: 14 };

describe('a playhead', () => {
  it('stops at the end of a recording that does not repeat', () => {
    expect(positionAfter(58, 1.5, undefined, 60)).toBe(59.5);
    expect(positionAfter(58, 9, undefined, 60)).toBe(60);
  });

  it('plays into a loop from before it, and then stays in it', () => {
    expect(positionAfter(8, 1, VERSE, 60)).toBe(9);
    expect(positionAfter(8, 5.5, VERSE, 60)).toBe(13.5);
    expect(positionAfter(8, 6, VERSE, 60)).toBe(10);
    expect(positionAfter(8, 6 + 4 * 7 + 1, VERSE, 60)).toBeCloseTo(11, 9);
  });

  it('has not moved before the sound has started', () => {
    expect(positionAfter(8, -0.1, VERSE, 60)).toBe(8);
  });

  it('leaves a loop alone when it starts behind it', () => {
    expect(loopAt(14, VERSE, false, 60)).toBeUndefined();
    expect(loopAt(20, VERSE, true, 60)).toEqual({ start: 0, end: 60 });
    expect(loopAt(3, VERSE, true, 60)).toBe(VERSE);
    expect(loopAt(3, undefined, false, 60)).toBeUndefined();
  });
});

describe('the marks of a loop', () => {
  it('make a loop once both are set', () => {
    const start = withMark(NO_MARKS, 'start', 10, 60);
    expect(rangeOf(start)).toBeUndefined();
    expect(rangeOf(withMark(start, 'end', 14, 60))).toEqual(VERSE);
  });

  it('repeat from the beginning where only the end is marked', () => {
    expect(rangeOf(withMark(NO_MARKS, 'end', 14, 60))).toEqual({ start: 0, end: 14 });
  });

  it('let the other one go when it would lie on the wrong side', () => {
    expect(withMark(VERSE, 'start', 20, 60)).toEqual({ start: 20, end: undefined });
    expect(withMark(VERSE, 'end', 5, 60)).toEqual({ start: undefined, end: 5 });
    expect(rangeOf(withMark(VERSE, 'start', 13.95, 60))).toBeUndefined();
  });

  it('stay within the recording', () => {
    expect(withMark(NO_MARKS, 'start', 99, 60).start).toBeLessThan(60);
    expect(withMark(NO_MARKS, 'end', 99, 60).end).toBe(60);
    expect(withMark(NO_MARKS, 'start', -3, 60).start).toBe(0);
  });

  it('stop before one another while they are dragged', () => {
    const { start, end } = withDraggedMark(VERSE, 'start', 30, 60);
    expect(end).toBe(14);
    expect(start).toBeLessThan(14);
    expect(withDraggedMark(VERSE, 'end', 2, 60).end).toBeGreaterThan(10);
    expect(withDraggedMark(VERSE, 'end', 99, 60).end).toBe(60);
  });
});
