import { open, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { AudioFileError, isWav, readWav } from '../audio/wav.ts';
import { unusable } from '../training/recording.ts';
import type { Recording } from '../training/index.ts';
import { readAudio } from './audio-file.ts';
import { CommandError, fileProblem } from './errors.ts';
import type { Terminal } from './terminal.ts';

const AUDIO_NAME = /\.(wav|wave|flac|mp3|ogg|oga|opus)$/i;
/** WAV files above so many bytes are read in pieces. */
const LARGE_FILE = 32 << 20;
/** Bytes of a piece, about. */
const PIECE_BYTES = 4 << 20;
/** The chunks before the sound must end within so many bytes. */
const HEADER_BYTES = 1 << 20;

/** The sound files of the paths, folders searched through and through; sorted, so that shards agree on the order. */
export async function findRecordings(paths: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const each of paths) {
    const found = await stat(each).catch((error: unknown) => {
      throw new CommandError(`Cannot read ${each}: ${fileProblem(error)}.`);
    });
    if (!found.isDirectory()) {
      files.push(each);
      continue;
    }
    const inside = (await readdir(each, { recursive: true }))
      .filter((name) => AUDIO_NAME.test(name))
      .toSorted();
    if (inside.length === 0) throw new CommandError(`There is no recording in the folder ${each}.`);
    files.push(...inside.map((name) => path.join(each, name)));
  }
  return files;
}

/**
 * The usable recordings of files, one after another, channels in a row (a mix of them could cancel). A file that cannot be used is
 * said why on the terminal, and the others come all the same. A large WAV file comes in pieces, each a recording.
 */
export async function* readRecordings(
  files: readonly string[],
  terminal: Pick<Terminal, 'note'>,
): AsyncGenerator<Recording> {
  for (const file of files) {
    let used = 0;
    let problem: string | undefined;
    try {
      for await (const recording of recordingsOf(file, terminal)) {
        const wrong = unusable(recording);
        if (wrong) problem = wrong.message;
        else {
          used++;
          yield recording;
        }
      }
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      problem = `${error.message} It was left out.`;
    }
    // A silent piece of a long recording is no problem.
    if (used === 0 && problem !== undefined) terminal.note(problem);
  }
}

async function* recordingsOf(file: string, terminal: Pick<Terminal, 'note'>): AsyncGenerator<Recording> {
  const size = (await stat(file).catch(() => undefined))?.size ?? 0;
  if (size > LARGE_FILE) {
    const pieces = await wavPieces(file);
    if (pieces) {
      yield* pieces;
      return;
    }
  }
  const { channels, sampleRate, notes } = await readAudio(file);
  for (const note of notes) terminal.note(note);
  yield { name: file, samples: inARow(channels), sampleRate };
}

function inARow(channels: readonly Float32Array[]): Float32Array {
  if (channels.length === 1) return channels[0]!;
  const length = channels[0]?.length ?? 0;
  const samples = new Float32Array(channels.length * length);
  for (const [c, channel] of channels.entries()) samples.set(channel, c * length);
  return samples;
}

/** A WAV file in pieces, each read as a file with the same header; undefined for another kind of file. */
async function wavPieces(file: string): Promise<AsyncGenerator<Recording> | undefined> {
  const handle = await open(file);
  const header = Buffer.alloc(HEADER_BYTES);
  const { bytesRead } = await handle.read(header, 0, HEADER_BYTES, 0);
  const sound = isWav(header) ? findSound(header.subarray(0, bytesRead)) : undefined;
  if (!sound) {
    await handle.close();
    return undefined;
  }
  const head = Buffer.from(header.subarray(0, sound.at));
  // A long form (RF64) need not be one any more.
  head.write('RIFF', 0, 'latin1');
  const end = Math.min((await handle.stat()).size, sound.at + sound.size);
  const step = Math.max(1, Math.floor(PIECE_BYTES / sound.frameBytes)) * sound.frameBytes;
  return (async function* () {
    try {
      for (let at = sound.at, piece = 1; at < end; at += step, piece++) {
        const length = Math.min(step, end - at);
        const bytes = Buffer.alloc(head.length + length);
        head.copy(bytes);
        bytes.writeUInt32LE(bytes.length - 8, 4);
        bytes.writeUInt32LE(length, head.length - 4);
        await handle.read(bytes, head.length, length, at);
        const { channels, sampleRate } = readWav(bytes);
        for (const channel of channels) {
          for (let i = 0; i < channel.length; i++) if (!Number.isFinite(channel[i])) channel[i] = 0;
        }
        yield { name: `${file} (piece ${piece})`, samples: inARow(channels), sampleRate };
      }
    } catch (error) {
      if (error instanceof AudioFileError) throw new CommandError(`${file}: ${error.message}`);
      throw error;
    } finally {
      await handle.close();
    }
  })();
}

/** Where the samples of a WAV file are, from its first bytes. */
function findSound(bytes: Buffer): { at: number; size: number; frameBytes: number } | undefined {
  let frameBytes = 0;
  for (let at = 12; at + 8 <= bytes.length;) {
    const id = bytes.toString('latin1', at, at + 4);
    const size = bytes.readUInt32LE(at + 4);
    if (id === 'fmt ' && at + 24 <= bytes.length) frameBytes = bytes.readUInt16LE(at + 20);
    if (id === 'data') {
      // Unknown, or given elsewhere: to the end of the file.
      const length = size === 0xffffffff || size === 0 ? Infinity : size;
      return frameBytes > 0 ? { at: at + 8, size: length, frameBytes } : undefined;
    }
    at += 8 + size + (size & 1);
  }
  return undefined;
}
