/** A stretch of a recording, in seconds from its start. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Seconds; a shorter loop would be a buzz. */
export const SHORTEST_LOOP = 0.2;

/**
 * The stretch that repeats when playback starts at `offset`: the marked one, unless one starts behind it, then it is left alone; or all of it
 * with `whole`. Undefined: the recording plays to its end.
 */
export function loopAt(
  offset: number,
  marked: Range | undefined,
  whole: boolean,
  duration: number,
): Range | undefined {
  if (marked && offset < marked.end) return marked;
  return whole ? { start: 0, end: duration } : undefined;
}

/** Where a playhead is that started at `offset` and has moved on by `travelled` seconds of the recording. */
export function positionAfter(
  offset: number,
  travelled: number,
  loop: Range | undefined,
  duration: number,
): number {
  const position = offset + Math.max(0, travelled);
  if (!loop) return Math.min(position, duration);
  if (position < loop.end) return position;
  return loop.start + ((position - loop.start) % (loop.end - loop.start));
}

/** The marks of a loop: it repeats once both are set. */
export interface Marks {
  readonly start: number | undefined;
  readonly end: number | undefined;
}

export const NO_MARKS: Marks = { start: undefined, end: undefined };

/** Moves one mark; the other one goes where it would lie on the wrong side or too near. */
export function withMark(marks: Marks, which: 'start' | 'end', seconds: number, duration: number): Marks {
  const at = Math.min(duration, Math.max(0, seconds));
  if (which === 'start') {
    const start = Math.min(at, Math.max(0, duration - SHORTEST_LOOP));
    const keep = marks.end !== undefined && marks.end - start >= SHORTEST_LOOP;
    return { start, end: keep ? marks.end : undefined };
  }
  const end = Math.max(at, Math.min(duration, SHORTEST_LOOP));
  const keep = marks.start !== undefined && end - marks.start >= SHORTEST_LOOP;
  // To mark only the end is to repeat from the beginning.
  return { start: keep ? marks.start : marks.start === undefined ? 0 : undefined, end };
}

/** As {@link withMark}, but for a mark that is dragged: it stops before the other one. */
export function withDraggedMark(
  marks: Marks,
  which: 'start' | 'end',
  seconds: number,
  duration: number,
): Marks {
  const { start = 0, end = duration } = marks;
  const at =
    which === 'start'
      ? Math.max(0, Math.min(seconds, end - SHORTEST_LOOP))
      : Math.min(duration, Math.max(seconds, start + SHORTEST_LOOP));
  return { ...marks, [which]: at };
}

export function rangeOf({ start, end }: Marks): Range | undefined {
  return start !== undefined && end !== undefined && end > start ? { start, end } : undefined;
}
