import { PRESETS } from '../presets.ts';
import type { Command } from './command.ts';
import { checkStudy, STUDY_OPTIONS, studiedDictionary } from './study.ts';
import { suppress, suppressionOptions } from './suppress.ts';

const KARAOKE = {
  preset: PRESETS.karaoke,
  unwanted: ['vocals', 'voice', 'singing'],
  label: 'Taking the voice out',
  check: checkStudy,
  prepare: studiedDictionary,
} as const;

export const karaoke: Command = {
  name: 'karaoke',
  summary: 'Takes the voice out of a song.',
  positionals: ['IN', 'OUT'],
  options: { ...suppressionOptions(KARAOKE), ...STUDY_OPTIONS },
  run: (args, terminal) => suppress(KARAOKE, args, terminal),
};
