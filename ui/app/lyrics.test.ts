import { describe, expect, it } from 'vitest';
import { lineAt, parseLyrics } from './lyrics.ts';

const texts = (file: string) => parseLyrics(file).lines.map(({ seconds, text }) => `${seconds} ${text}`);

describe('lyrics with times', () => {
  it('come with their facts, in the order of time', () => {
    const { title, artist, lines } = parseLyrics(
      '\uFEFF[ti: A song ]\r\n[ar:Somebody]\r\n[by:me]\r\n\r\n[00:12.50]Second\r\n[00:05.00] First  of all \r\n',
    );
    expect([title, artist]).toEqual(['A song', 'Somebody']);
    expect(lines).toEqual([
      { seconds: 5, text: 'First of all' },
      { seconds: 12.5, text: 'Second' },
    ]);
  });

  it('repeat a line that has several times', () => {
    expect(texts('[00:10.00][01:10.00] [02:10.00]Chorus\n[00:20]Verse')).toEqual([
      '10 Chorus',
      '20 Verse',
      '70 Chorus',
      '130 Chorus',
    ]);
  });

  it('have fractions of one to three digits, after a point or a colon, and songs longer than an hour', () => {
    expect(texts('[0:01.5]a\n[00:02.25]b\n[00:03.125]c\n[00:04:50]d\n[75:00.00]e')).toEqual([
      '1.5 a',
      '2.25 b',
      '3.125 c',
      '4.5 d',
      '4500 e',
    ]);
  });

  it('come sooner with a positive offset, later with a negative one, and never before the start', () => {
    expect(texts('[offset:+500]\n[00:02.00]a')).toEqual(['1.5 a']);
    expect(texts('[00:02.00]a\n[offset:-500]')).toEqual(['2.5 a']);
    expect(texts('[offset:5000]\n[00:02.00]a')).toEqual(['0 a']);
    expect(texts('[offset:soon]\n[00:02.00]a')).toEqual(['2 a']);
  });

  it('keep pauses, drop the times of single words, and leave out lines without a time', () => {
    expect(texts('A comment\n[00:01.00]<00:01.00>One <00:01.40>two\n[00:03.00]\n[length: 3:20]')).toEqual([
      '1 One two',
      '3 ',
    ]);
  });

  it('say what is missing in another file', () => {
    expect(() => parseLyrics('Once upon a time')).toThrow(/no line with a time, such as \[01:23\.45\]/);
    expect(() => parseLyrics('')).toThrow(/no line with a time/);
  });

  it('are found by their time', () => {
    const { lines } = parseLyrics('[00:05]a\n[00:10]b\n[00:10]c\n[00:20]d');
    expect([0, 4.999, 5, 9.9, 10, 19, 20, 999].map((seconds) => lineAt(lines, seconds))).toEqual([
      -1, -1, 0, 0, 2, 2, 3, 3,
    ]);
    expect(lineAt([], 3)).toBe(-1);
  });
});
