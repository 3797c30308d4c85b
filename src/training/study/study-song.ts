import type { Recording } from '../recording.ts';
import type { ShardPool } from '../parallel/messages.ts';
import { PART_SECONDS, SongStudy } from './song-study.ts';
import type { SongStudyOptions, StudyProgress, StudyResult } from './song-study.ts';

/** Part of the work that is listening, for the progress. */
const LISTENING_SHARE = 0.4;

export interface Song extends Pick<Recording, 'name' | 'sampleRate'> {
  /** One array a channel, all of the same length. */
  readonly channels: readonly Float32Array[];
}

/**
 * Learns the dictionary of a whole song ({@link SongStudy}). `onProgress` returning false stops: while it listens, with what has been heard so far; while it
 * learns, with what has been reached. Rejects with a RangeError: a song too short, silent, or at a rate out of range.
 */
export async function studySong(
  song: Song,
  options: Omit<SongStudyOptions, 'name' | 'sampleRate'>,
  pool: ShardPool,
  onProgress: (progress: StudyProgress) => boolean | void = () => {},
): Promise<StudyResult> {
  const { name, sampleRate, channels } = song;
  const study = new SongStudy({ ...options, name, sampleRate });
  const length = channels[0]?.length ?? 0;
  const part = Math.round(PART_SECONDS * sampleRate);
  let stopped = false;
  for (let from = 0; (from < length || from === 0) && !stopped; from += part) {
    study.add(channels.map((channel) => channel.subarray(from, from + part)));
    const fraction = LISTENING_SHARE * Math.min(1, (from + part) / length);
    stopped = onProgress({ stage: 'listening', fraction }) === false;
    await undefined;
  }
  const result = await study.learn(pool, (fraction) =>
    onProgress({ stage: 'learning', fraction: LISTENING_SHARE + (1 - LISTENING_SHARE) * fraction }),
  );
  return stopped ? { ...result, finished: false } : result;
}
