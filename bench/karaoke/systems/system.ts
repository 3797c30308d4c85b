import type { Channels, Song } from '../songs.ts';

/** What a system makes of a song. */
export interface Separation {
  /** The song without its voice, without delay and as long as the song. */
  readonly backing: Channels;
  /** Default: what is left of the song. */
  readonly voice?: Channels;
  /**
   * What comes out for another sound of the same shape while the system does to it what it did to the song: the same masks at the same times. Linear:
   * the responses to voice and backing sum to `backing`, which shows how much of each is in it.
   */
  respond(channels: Channels): Channels;
}

/** Something to be measured. */
export interface System {
  readonly name: string;
  readonly description: string;
  /** It is told what nobody can know: no peer, but a bound. */
  readonly oracle?: boolean;
  /** Samples from input to output when it runs live; undefined for one that must have heard the whole song. */
  latency(sampleRate: number): number | undefined;
  /** Only an oracle may use `vocals` and `backing`. */
  separate(song: Song): Separation;
}

/** A system that takes its time. */
export interface SlowSystem extends Omit<System, 'separate'> {
  separate(song: Song): Promise<Separation>;
}

/** A separation that is one linear function of the channels. */
export const linear = ({ mix }: Song, respond: Separation['respond']): Separation => ({
  backing: respond(mix),
  respond,
});
