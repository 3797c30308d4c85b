import { decodeUtf8, encodeUtf8 } from '../../dictionary/utf8.ts';
import { DIVERGENCES } from '../../nmf/divergence.ts';
import type { Divergence } from '../../nmf/divergence.ts';
import type { TrainingLayout } from '../corpus.ts';
import { StatisticsSum } from './statistics.ts';

/** What all shards of a round have in common. */
export interface RoundSettings {
  readonly name: string;
  readonly layout: TrainingLayout;
  readonly exponent: number;
  readonly divergence: Divergence;
  readonly sparsity: number;
  readonly updates: number;
}

/** The statistics of one shard of a corpus: of every source, under the atoms of the round. */
export interface ShardStatistics {
  readonly settings: RoundSettings;
  /** From 0. */
  readonly shard: number;
  /** In all. */
  readonly shards: number;
  readonly sources: readonly {
    readonly label: string;
    /** K x F, of which these are the statistics. */
    readonly atoms: Float32Array;
    readonly statistics: StatisticsSum;
  }[];
}

/** A file of statistics that cannot be used: the message says why. */
export class StatisticsError extends Error {
  override readonly name = 'StatisticsError';
}

const FORMAT = 'sotto-statistics';
const VERSION = 1;
/** Bytes of a header above which a file is not one of ours. */
const LARGEST_HEADER = 1 << 20;

interface Header {
  readonly __metadata__: { readonly format: string; readonly version: string; readonly content: string };
  readonly [tensor: string]: unknown;
}

interface Content {
  readonly settings: RoundSettings;
  readonly shard: number;
  readonly shards: number;
  readonly sources: readonly {
    readonly label: string;
    readonly atomCount: number;
    readonly frames: number;
    readonly divergence: number;
  }[];
}

/** As a safetensors file: per source i the tensors "i.atoms" (F32) and "i.above", "i.below" and "i.activation_sums" (F64). */
export function writeStatistics({ settings, shard, shards, sources }: ShardStatistics): Uint8Array {
  const content: Content = {
    settings,
    shard,
    shards,
    sources: sources.map(({ label, statistics }) => ({
      label,
      atomCount: statistics.activationSums.length,
      frames: statistics.frames,
      divergence: statistics.divergence,
    })),
  };
  const metadata = { format: FORMAT, version: String(VERSION), content: JSON.stringify(content) };
  const header: Record<string, unknown> = { __metadata__: metadata };
  const parts: Uint8Array[] = [];
  let at = 0;
  const add = (name: string, array: Float32Array | Float64Array, shape: number[]): void => {
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    const dtype = array instanceof Float64Array ? 'F64' : 'F32';
    header[name] = { dtype, shape, data_offsets: [at, at + bytes.length] };
    parts.push(bytes);
    at += bytes.length;
  };
  for (const [i, { atoms, statistics }] of sources.entries()) {
    const { bins, activationSums, above, below } = statistics;
    const shape = [activationSums.length, bins];
    add(`${i}.above`, above, shape);
    add(`${i}.below`, below, shape);
    add(`${i}.activation_sums`, activationSums, [activationSums.length]);
    add(`${i}.atoms`, atoms, shape);
  }
  const text = encodeUtf8(JSON.stringify(header));
  const padded = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(8 + padded + at);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true);
  bytes.set(text, 8);
  bytes.fill(0x20, 8 + text.length, 8 + padded);
  let to = 8 + padded;
  for (const part of parts) {
    bytes.set(part, to);
    to += part.length;
  }
  return bytes;
}

/** Throws a {@link StatisticsError} for anything but what {@link writeStatistics} has written. */
export function readStatistics(bytes: Uint8Array): ShardStatistics {
  const { header, data } = readHeader(bytes);
  const { settings, shard, shards, sources } = readContent(header);
  const bins = settings.layout.fftSize / 2 + 1;
  const tensor = (name: string, length: number, width: 4 | 8): DataView => {
    const entry = header[name] as { data_offsets?: unknown } | undefined;
    const offsets: readonly unknown[] = Array.isArray(entry?.data_offsets) ? entry.data_offsets : [];
    const [from, to] = offsets.map(Number) as [number, number];
    const sound = Number.isSafeInteger(from) && Number.isSafeInteger(to) && from >= 0 && to <= data.length;
    if (!sound || to - from !== length * width) {
      throw new StatisticsError(`The statistics are cut off or damaged: "${name}" is not whole.`);
    }
    return new DataView(data.buffer, data.byteOffset + from, length * width);
  };
  const doubles = (name: string, into: Float64Array): void => {
    const view = tensor(name, into.length, 8);
    for (let i = 0; i < into.length; i++) into[i] = checked(view.getFloat64(8 * i, true), name);
  };
  return {
    settings,
    shard,
    shards,
    sources: sources.map(({ label, atomCount, frames, divergence }, i) => {
      const statistics = new StatisticsSum(atomCount, bins);
      doubles(`${i}.above`, statistics.above);
      doubles(`${i}.below`, statistics.below);
      doubles(`${i}.activation_sums`, statistics.activationSums);
      statistics.frames = frames;
      statistics.divergence = divergence;
      const view = tensor(`${i}.atoms`, atomCount * bins, 4);
      const atoms = Float32Array.from({ length: atomCount * bins }, (_, j) =>
        checked(view.getFloat32(4 * j, true), `${i}.atoms`),
      );
      return { label, atoms, statistics };
    }),
  };
}

function checked(value: number, name: string): number {
  if (value >= 0 && value < Infinity) return value;
  throw new StatisticsError(
    `The statistics are damaged: "${name}" has the value ${value}; it must be finite and not negative.`,
  );
}

function readHeader(bytes: Uint8Array): { header: Header; data: Uint8Array } {
  const length =
    bytes.length < 8 ? 0 : Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length < 2 || length > LARGEST_HEADER || 8 + length > bytes.length) {
    throw new StatisticsError(
      'The file holds no statistics of a shard ("sotto train --statistics" writes them).',
    );
  }
  try {
    const header = JSON.parse(decodeUtf8(bytes.subarray(8, 8 + length))) as Header;
    return { header, data: bytes.subarray(8 + length) };
  } catch {
    throw new StatisticsError('The file holds no statistics of a shard: its header is damaged.');
  }
}

function readContent(header: Header): Content {
  // The name is that of the safetensors format.
  // oxlint-disable-next-line no-underscore-dangle
  const metadata = header.__metadata__ as Header['__metadata__'] | undefined;
  if (metadata?.format !== FORMAT) {
    throw new StatisticsError('The file holds no statistics of a shard; is it a dictionary?');
  }
  if (metadata.version !== String(VERSION)) {
    throw new StatisticsError(
      `The statistics are of version ${metadata.version}; this release reads version ${VERSION}.`,
    );
  }
  let content: Content | undefined;
  try {
    content = JSON.parse(metadata.content) as Content;
  } catch {
    // Said below.
  }
  const count = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
  const { settings, shard, shards, sources } = content ?? {};
  const sound =
    count(shard) &&
    count(shards) &&
    shard! < shards! &&
    Array.isArray(sources) &&
    sources.length > 0 &&
    sources.every((s) => typeof s.label === 'string' && count(s.atomCount) && s.atomCount <= 4096) &&
    settings !== undefined &&
    DIVERGENCES.includes(settings.divergence) &&
    count(settings.layout?.fftSize) &&
    settings.layout.fftSize <= 65536;
  if (!sound) throw new StatisticsError('The statistics are damaged: their description is not whole.');
  return content!;
}
