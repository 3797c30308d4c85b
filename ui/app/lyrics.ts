/** A line of lyrics, and when it begins. */
export interface LyricsLine {
  /** From the start of the song. */
  readonly seconds: number;
  /** '' is a pause. */
  readonly text: string;
}

export interface Lyrics {
  readonly title: string;
  readonly artist: string;
  /** In the order of time. */
  readonly lines: readonly LyricsLine[];
}

const TIME = /\[(\d{1,3}):(\d{1,2})(?:[.:](\d{1,3}))?\]/g;
const FACT = /^\s*\[([a-z#][a-z]*):([^\]]*)\]\s*$/i;
/** Times of single words, as in "enhanced" files. */
const WORD_TIME = /<\d{1,3}:\d{1,2}(?:[.:]\d{1,3})?>/g;

/**
 * Reads an .lrc file: lines with one or more times `[mm:ss.xx]`, in any order, and facts such as `[ti:...]`, `[ar:...]` and
 * `[offset:...]` (ms; positive: the lines come sooner). Lines without a time are left out. Throws an Error where there is no line
 * with a time.
 */
export function parseLyrics(file: string): Lyrics {
  const facts = new Map<string, string>();
  const lines: LyricsLine[] = [];
  for (const row of file.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/)) {
    const times = [...row.matchAll(TIME)];
    if (times.length === 0) {
      const [, name, value] = FACT.exec(row) ?? [];
      if (name !== undefined && value !== undefined) facts.set(name.toLowerCase(), value.trim());
      continue;
    }
    const text = row.replaceAll(TIME, '').replaceAll(WORD_TIME, '').replaceAll(/\s+/g, ' ').trim();
    for (const time of times) lines.push({ seconds: secondsOf(time), text });
  }
  if (lines.length === 0) {
    throw new Error('It has no line with a time, such as [01:23.45]. Lyrics in the format .lrc have them.');
  }
  const offset = Number.parseFloat(facts.get('offset') ?? '0') / 1000 || 0;
  return {
    title: facts.get('ti') ?? '',
    artist: facts.get('ar') ?? '',
    lines: lines
      .map(({ seconds, text }) => ({ seconds: Math.max(0, seconds - offset), text }))
      .toSorted((a, b) => a.seconds - b.seconds),
  };
}

function secondsOf([, minutes = '0', seconds = '0', fraction = '']: RegExpMatchArray): number {
  return Number(minutes) * 60 + Number(seconds) + (fraction ? Number(`0.${fraction}`) : 0);
}

/** The line that is sung at a time; -1 before the first one. */
export function lineAt(lines: readonly LyricsLine[], seconds: number): number {
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (lines[middle]!.seconds <= seconds) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
