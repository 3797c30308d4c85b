import { PRESETS } from '../presets.ts';
import type { Command } from './command.ts';
import { noiseDictionary } from './noise-dictionary.ts';
import { suppress, suppressionOptions } from './suppress.ts';

const DENOISE = {
  preset: PRESETS.denoise,
  unwanted: ['noise'],
  label: 'Denoising',
  prepare: noiseDictionary,
} as const;

export const denoise: Command = {
  name: 'denoise',
  summary: 'Takes the noise out of a recording of a voice.',
  positionals: ['IN', 'OUT'],
  options: {
    ...suppressionOptions(DENOISE),
    'noise-profile': {
      type: 'string',
      short: 'n',
      value: 'FILE',
      help: 'A recording of the noise alone (a few seconds), which is learned first; that takes a while.',
    },
    freeze: {
      type: 'boolean',
      help: 'Learned atoms of the noise stay as they were learned; else they follow it while nobody speaks. Tuned updates stay anyway.',
    },
  },
  run: (args, terminal) => suppress(DENOISE, args, terminal),
};
