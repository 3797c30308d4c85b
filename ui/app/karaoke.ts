import type { Dictionary } from '../../src/dictionary/index.ts';
import { gainName } from '../../src/parameters.ts';
import type { AudioSession } from './audio-session.ts';
import type { Engine } from './engine.ts';
import { KeyShift } from './key-shift.ts';
import { type Lyrics, parseLyrics } from './lyrics.ts';
import { textOf } from './plain-errors.ts';
import { PRESETS } from './presets.ts';
import { type Marks, NO_MARKS, rangeOf, withDraggedMark, withMark } from './playhead.ts';
import type { Player } from './player.ts';
import { SingAlong } from './sing-along.ts';
import { gainsOf, type SongMix, songMixOf } from './song-faders.ts';
import { SongSaver } from './song-saver.ts';
import { SongStretch } from './song-stretch.ts';

/** Semitones up and down. */
export const MOST_SEMITONES = 12;
export const MOST_CENTS = 50;
/** Per cent. */
export const LOWEST_TEMPO = 50;
export const HIGHEST_TEMPO = 150;

const within = (value: number, low: number, high: number): number =>
  Math.min(high, Math.max(low, Math.round(value)));

/**
 * What singing to a song needs beside the separator: key, tempo, a loop, lyrics, the singer's microphone, and files of what was
 * separated. All of it belongs to the song: with another one it starts anew.
 *
 * @fires change - anything shown has changed
 */
export class Karaoke extends EventTarget {
  semitones = 0;
  cents = 0;
  /** Per cent. */
  tempo = 100;
  marks: Marks = NO_MARKS;
  lyrics: Lyrics | undefined;
  /** Knows what voices are like in general; undefined until it is read. */
  base: Dictionary | undefined;
  readonly singing: SingAlong;
  readonly saver: SongSaver;
  readonly #session: AudioSession;
  #key: KeyShift | undefined;
  /** The dictionary of the song, where it has been studied. */
  #studied: Dictionary | undefined;
  /** The song's name; undefined before the first one. */
  #song: string | undefined;
  readonly #stretch = new SongStretch();

  constructor(session: AudioSession) {
    super();
    this.#session = session;
    this.singing = new SingAlong(session);
    this.saver = new SongSaver(session);
    for (const part of [this.singing, this.saver]) part.addEventListener('change', () => this.#changed());
  }

  /** Joins the separator with what is heard. */
  connect(engine: Engine): void {
    this.#key = new KeyShift(engine.context, engine.separated, engine.bus);
    void this.#pushKey();
  }

  /** The session is to be one of karaoke: with the dictionaries and the faders for it, and a song rather than a microphone. */
  enter(): void {
    const { deck, settings } = this.#session;
    const prepared = settings.preset === 'karaoke' ? Promise.resolve() : this.#session.applyPreset('karaoke');
    void this.#openBase();
    if (deck.kind === 'microphone') void prepared.then(() => this.#session.select('demo'));
  }

  /** A song comes onto the deck. */
  takeSong(player: Player, name: string): void {
    if (this.#song !== undefined && this.#song !== name) this.#reset();
    this.#song = name;
    player.marked = rangeOf(this.marks);
    void this.#pushTempo();
  }

  /** The song goes, and a microphone comes in its place. */
  leaveSong(): void {
    this.#reset();
    this.#song = undefined;
  }

  /** Uses what was learned of the song, as long as it is there. */
  useStudied(dictionary: Dictionary): void {
    this.#studied = dictionary;
    void this.#session.useDictionary(dictionary, this.#song ?? '');
  }

  /** Key or tempo are not those of the song. */
  get altered(): boolean {
    return this.shift !== 0 || this.tempo !== 100;
  }

  /** Semitones, with the cents as their fraction. */
  get shift(): number {
    return this.semitones + this.cents / 100;
  }

  /** What is altered, in a few characters. */
  get summary(): string {
    const shift = Number(this.shift.toFixed(2));
    const key = shift === 0 ? '' : `Key ${shift > 0 ? '+' : '−'}${Math.abs(shift)}`;
    return [key, this.tempo === 100 ? '' : `${this.tempo} %`].filter(Boolean).join(' · ');
  }

  setKey(semitones: number, cents = this.cents): void {
    this.semitones = within(semitones, -MOST_SEMITONES, MOST_SEMITONES);
    this.cents = within(cents, -MOST_CENTS, MOST_CENTS);
    this.#changed();
    void this.#pushKey();
  }

  setTempo(percent: number): void {
    this.tempo = within(percent, LOWEST_TEMPO, HIGHEST_TEMPO);
    this.#changed();
    void this.#pushTempo();
  }

  /** Of the faders; undefined: the user's own. */
  get songMix(): SongMix | undefined {
    const { mix, sources } = this.#session;
    if (mix.muted.size > 0 || mix.soloed.size > 0) return undefined;
    return songMixOf(
      sources.map((_, source) => mix.value(gainName(source))),
      sources,
    );
  }

  setSongMix(songMix: SongMix): void {
    this.#session.setGains(gainsOf(songMix, this.#session.sources));
  }

  /** Marks the start or end of the loop; where the song is, unless it is said where. */
  mark(which: 'start' | 'end', seconds?: number): void {
    const { player } = this.#session.deck;
    if (!player) return;
    this.#setMarks(withMark(this.marks, which, seconds ?? player.position, player.duration));
  }

  drag(which: 'start' | 'end', seconds: number): void {
    const { player } = this.#session.deck;
    if (player) this.#setMarks(withDraggedMark(this.marks, which, seconds, player.duration));
  }

  clearMarks(): void {
    this.#setMarks(NO_MARKS);
  }

  /** Seconds of the song that are heard now: what is played takes its time to the ears. */
  get heard(): number {
    const { deck, latency, contextLatency = 0 } = this.#session;
    const { player } = deck;
    if (!player?.playing) return player?.position ?? 0;
    const delay = latency + contextLatency + (this.#key?.latency ?? 0);
    return Math.max(0, player.position - delay * player.rate);
  }

  async openLyrics(file: File): Promise<void> {
    try {
      this.lyrics = parseLyrics(await file.text());
    } catch (error) {
      this.#session.notify('error', `“${file.name}” is not used. ${textOf(error)}`);
    }
    this.#changed();
  }

  removeLyrics(): void {
    this.lyrics = undefined;
    this.#changed();
  }

  #setMarks(marks: Marks): void {
    this.marks = marks;
    const { player } = this.#session.deck;
    if (player) player.marked = rangeOf(marks);
    this.#changed();
  }

  #reset(): void {
    this.marks = NO_MARKS;
    this.lyrics = undefined;
    this.tempo = 100;
    this.semitones = 0;
    this.cents = 0;
    this.saver.clear();
    const { dictionary, dictionaryId } = this.#session;
    if (this.#studied && this.#studied === dictionary) {
      void this.#session.chooseDictionary(dictionaryId, true);
    }
    this.#studied = undefined;
    void this.#pushKey();
    this.#stretch.unload();
    this.#changed();
  }

  async #openBase(): Promise<void> {
    const base = await this.#session.shelf.open(PRESETS.karaoke.dictionary).catch(() => undefined);
    if (!base || base === this.base) return;
    this.base = base;
    this.#changed();
  }

  async #pushKey(): Promise<void> {
    try {
      await this.#key?.set(this.shift);
    } catch (error) {
      this.semitones = 0;
      this.cents = 0;
      this.#session.notify('error', `The key could not be changed. ${textOf(error)}`);
    }
    this.#changed();
  }

  async #pushTempo(): Promise<void> {
    const { player } = this.#session.deck;
    if (!player) return;
    if (this.tempo === 100) {
      player.setRate(1);
      return;
    }
    try {
      const stretch = await this.#stretch.with(player.buffer, await this.#session.wake());
      // The song or the tempo may be others by now.
      if (this.#session.deck.player === player && this.tempo !== 100)
        player.setRate(this.tempo / 100, stretch);
    } catch (error) {
      this.tempo = 100;
      this.#session.notify('error', `The tempo could not be changed. ${textOf(error)}`);
    }
    this.#changed();
  }

  #changed(): void {
    this.dispatchEvent(new Event('change'));
  }
}
