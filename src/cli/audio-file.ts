import { AudioFileError, isWav, readWav, writeWav } from '../audio/wav.ts';
import type { Audio } from '../audio/wav.ts';
import { fileKind } from '../dictionary/index.ts';
import { decodeCompressed } from './decode.ts';
import { CommandError } from './errors.ts';
import { readBytes, writeWhole } from './files.ts';

export const READABLE = 'WAV, FLAC, MP3, Ogg Vorbis or Ogg Opus';

/** An audio file, and what had to be put right in it. */
export interface AudioInput extends Audio {
  readonly notes: readonly string[];
}

/** Reads a sound file of any kind that Sotto can read. Throws a CommandError that names the file and what is wrong. */
export async function readAudio(file: string): Promise<AudioInput> {
  const bytes = await readBytes(file);
  try {
    const audio = await decode(bytes);
    const broken = silenceNonFinite(audio.channels);
    const notes =
      broken > 0 ? [`${file}: ${broken} samples are not finite numbers; they are taken as silence.`] : [];
    return { ...audio, notes };
  } catch (error) {
    if (error instanceof AudioFileError) throw new CommandError(`${file}: ${error.message}`);
    throw error;
  }
}

async function decode(bytes: Uint8Array): Promise<Audio> {
  if (bytes.length === 0) throw new AudioFileError(`The file is empty; ${READABLE} is needed.`);
  if (isWav(bytes) || startsAsRifx(bytes)) return readWav(bytes);
  const decoded = await decodeCompressed(bytes);
  if (decoded) return decoded;
  throw new AudioFileError(
    `The file is ${fileKind(bytes) ?? 'not a sound that can be read'}; ${READABLE} is needed.`,
  );
}

const startsAsRifx = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x52 && bytes[1] === 0x49 && bytes[2] === 0x46 && bytes[3] === 0x58;

/** Sets samples that are not finite to 0, in place, and counts them. */
function silenceNonFinite(channels: readonly Float32Array[]): number {
  let count = 0;
  for (const channel of channels) {
    for (let i = 0; i < channel.length; i++) {
      if (Number.isFinite(channel[i])) continue;
      channel[i] = 0;
      count++;
    }
  }
  return count;
}

/** Sound is written as WAV: says so for another ending, before any work is done. */
export function checkWavName(file: string): void {
  if (!/\.wave?$/i.test(file)) {
    throw new CommandError(`Cannot write ${file}: sound is written as WAV, so the name must end in .wav.`);
  }
}

/** Writes a WAV file whole or not at all; returns how many samples were above full scale and had to be cut. */
export async function writeAudio(file: string, audio: Audio): Promise<number> {
  try {
    const { bytes, clipped } = writeWav(audio);
    await writeWhole(file, bytes);
    return clipped;
  } catch (error) {
    if (error instanceof AudioFileError) throw new CommandError(`${file}: ${error.message}`);
    throw error;
  }
}
