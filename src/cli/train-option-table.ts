import { DIVERGENCES } from '../nmf/divergence.ts';
import { STARTS } from '../nmf/initialization.ts';
import type { OptionTable } from './command.ts';

export const METHODS = ['accelerated', 'batch'] as const;

export const TRAIN_OPTIONS: OptionTable = {
  out: { type: 'string', short: 'o', value: 'D.safetensors', help: 'The dictionary to write.' },
  source: {
    type: 'string',
    short: 's',
    value: 'LABEL=PATH',
    multiple: true,
    help: 'A source, and a recording of it alone or a folder of them. Once per path; at least one.',
  },
  atoms: {
    type: 'string',
    short: 'k',
    value: 'N',
    help: 'Atoms per source, or LABEL=N,LABEL=N; default 64.',
  },
  variance: {
    type: 'string',
    value: 'X',
    help: 'As many atoms per source as explain this part of its variance (0 to 1, as 0.9), at most --atoms.',
  },
  refine: {
    type: 'boolean',
    help: 'Then train for the task: reconstruction atoms fitted to mixtures of the sources. Takes two sources or more.',
  },
  divergence: {
    type: 'string',
    value: 'NAME',
    help: `${DIVERGENCES.join(', ')}; default kullback-leibler.`,
  },
  iterations: { type: 'string', value: 'N', help: 'Most iterations; default 60.' },
  tolerance: {
    type: 'string',
    value: 'X',
    help: 'Stop when an iteration gains less than this fraction; default 0.0001.',
  },
  method: { type: 'string', value: 'NAME', help: `${METHODS.join(', ')}; default accelerated.` },
  init: { type: 'string', value: 'NAME', help: `Start: ${STARTS.join(', ')}; default frames.` },
  restarts: { type: 'string', value: 'N', help: 'Starts, of which the best is kept; default 1.' },
  sparsity: { type: 'string', value: 'X', help: 'Price of activations in the objective; default 0.' },
  seed: {
    type: 'string',
    value: 'N',
    help: 'The same seed and recordings give the same dictionary; default 0.',
  },
  'sample-rate': { type: 'string', value: 'HZ', help: 'Of the dictionary; default 48000.' },
  'fft-size': { type: 'string', value: 'N', help: 'A power of two; default 1024.' },
  hop: { type: 'string', value: 'N', help: 'Samples; default a quarter of the FFT size.' },
  exponent: { type: 'string', value: 'X', help: 'Atoms are fitted to |X|^exponent; default 1.' },
  'max-frames': {
    type: 'string',
    value: 'N',
    help: 'Frames per source, drawn evenly from the recordings; default 20000.',
  },
  fixed: {
    type: 'string',
    value: 'D:LABEL',
    multiple: true,
    help: 'A source of another dictionary that sounds in the recordings too: it takes part, stays as it is, and is kept.',
  },
  'mini-batch': {
    type: 'boolean',
    help: 'Bounded memory, for hours of recordings: batch after batch, all frames used.',
  },
  epochs: {
    type: 'string',
    value: 'N',
    help: 'With --mini-batch: times through the recordings; default 1.',
  },
  forget: {
    type: 'string',
    value: 'X',
    help: 'With --mini-batch: what a batch leaves of those before, 0 to 1; default 0.8.',
  },
  passes: {
    type: 'string',
    value: 'N',
    help: 'Bounded memory, one update of the atoms per pass through the recordings, which shards can share.',
  },
  shard: {
    type: 'string',
    value: 'I/N',
    help: 'One pass over every N-th recording, from I = 0; writes --statistics for "sotto merge".',
  },
  statistics: { type: 'string', value: 'FILE', help: "With --shard: where the shard's statistics go." },
  start: {
    type: 'string',
    value: 'D',
    help: 'With --passes or --shard: a dictionary of the same sources to start from.',
  },
  threads: { type: 'string', short: 't', value: 'N', help: 'Default: one per core.' },
  name: {
    type: 'string',
    value: 'TEXT',
    help: 'Of the dictionary; default the name of the file.',
  },
  description: { type: 'string', value: 'TEXT', help: 'For the card.' },
  licence: { type: 'string', value: 'TEXT', help: 'For the card.' },
};
