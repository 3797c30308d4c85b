import type { Command } from './command.ts';
import { suppress, suppressionOptions } from './suppress.ts';

const KARAOKE = {
  builtIn: 'vocals-accompaniment',
  mode: 'quality',
  // A voice that is only lowered is still heard to sing; artefacts matter less under a band than under a voice.
  reduction: 40,
  unwanted: ['vocals', 'voice', 'singing'],
  label: 'Taking the voice out',
} as const;

export const karaoke: Command = {
  name: 'karaoke',
  summary: 'Takes the voice out of a song.',
  positionals: ['IN', 'OUT'],
  options: suppressionOptions(KARAOKE),
  run: (args, terminal) => suppress(KARAOKE, args, terminal),
};
