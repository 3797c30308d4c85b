import { gainName, SILENCE_DB } from '../parameters.ts';
import type { Audio } from '../audio/wav.ts';
import type { Preset } from '../presets.ts';
import { learnedNoise, type Dictionary } from '../dictionary/index.ts';
import type { LatencyMode } from '../separator/latency-modes.ts';
import { checkWavName, readAudio, writeAudio } from './audio-file.ts';
import type { Arguments, OptionTable } from './command.ts';
import { CommandError } from './errors.ts';
import { checkWritable } from './files.ts';
import { loadBuiltIn, loadDictionary } from './load-dictionary.ts';
import {
  controlOptions,
  controlsOf,
  DICTIONARY_OPTION,
  FORMAT_OPTION,
  modeOption,
  readControls,
  readFormat,
  readMode,
} from './options.ts';
import { layoutFor, separateAudio } from './separate-audio.ts';
import type { Terminal } from './terminal.ts';

/** What denoise and karaoke do: take some sources of a dictionary out of a file. */
export interface Suppression {
  /** Its dictionary, mode and controls, where no option says otherwise. */
  readonly preset: Preset;
  /** Labels that are taken out when --remove does not say which. */
  readonly unwanted: readonly string[];
  readonly label: string;
  /** Throws a CommandError for options of its own that are wrong, before any work is done. */
  readonly check?: (args: Arguments) => Promise<void>;
  /** Another dictionary for this file, for instance with atoms of its own noise. */
  readonly prepare?: (
    dictionary: Dictionary,
    args: Arguments,
    context: SuppressionContext,
  ) => Promise<Dictionary>;
}

export interface SuppressionContext {
  /** The file. */
  readonly input: string;
  readonly mode: LatencyMode;
  /** Hz. */
  readonly sampleRate: number;
  readonly audio: Audio;
  readonly terminal: Terminal;
}

export const suppressionOptions = (s: Pick<Suppression, 'preset' | 'unwanted'>): OptionTable => ({
  mode: modeOption(s.preset.mode),
  ...controlOptions(s.preset),
  dictionary: DICTIONARY_OPTION,
  remove: {
    type: 'string',
    value: 'LABELS',
    help: `Sources to take out, separated by commas; default ${s.unwanted[0]}.`,
  },
  ...FORMAT_OPTION,
});

export async function suppress(suppression: Suppression, args: Arguments, terminal: Terminal): Promise<void> {
  const [input, output] = args.positionals as [string, string];
  const mode = readMode(args, suppression.preset.mode);
  const controls = readControls(args);
  const format = readFormat(args);
  checkWavName(output);
  await checkWritable(output);
  await suppression.check?.(args);
  const audio = await readAudio(input);
  for (const note of audio.notes) terminal.note(note);
  const given = args.text('dictionary');
  const loaded =
    given === undefined ? await loadBuiltIn(suppression.preset.dictionary) : await loadDictionary(given);
  const context = { input, mode, sampleRate: audio.sampleRate, audio, terminal };
  layoutFor(input, mode, audio.sampleRate);
  const dictionary = (await suppression.prepare?.(loaded, args, context)) ?? loaded;
  // With a profile there are learned atoms, or tuned updates, which stay as they are anyway.
  if (args.has('freeze') && args.text('noise-profile') === undefined && !learnedNoise(dictionary)) {
    throw new CommandError(
      `--freeze is for learned noise, and the dictionary "${dictionary.name}" has none: ` +
        'name a recording of the noise with --noise-profile.',
    );
  }
  const parameters: Record<string, number> = {
    ...controlsOf(suppression.preset),
    ...controls,
    ...(args.has('freeze') && { adaptation: 0 }),
  };
  for (const source of unwantedSources(dictionary, suppression, args.text('remove'))) {
    parameters[gainName(source)] = SILENCE_DB;
  }
  const { label } = suppression;
  const channels = separateAudio(
    input,
    audio,
    { mode, dictionary, outputs: 'mix', parameters, label },
    terminal,
  );
  const clipped = await writeAudio(output, { ...audio, channels, format: format ?? audio.format });
  if (clipped > 0) {
    terminal.note(
      `${clipped} samples of ${output} were above full scale and are cut; --format float32 keeps them.`,
    );
  }
}

/** Indices of the sources to take out. */
function unwantedSources(
  dictionary: Dictionary,
  suppression: Suppression,
  remove: string | undefined,
): number[] {
  const labels = dictionary.sources.map(({ label }) => label);
  const has = `has the sources ${labels.join(', ')}`;
  if (remove === undefined) {
    const found = labels.flatMap((label, i) =>
      suppression.unwanted.includes(label.toLowerCase()) ? [i] : [],
    );
    if (found.length > 0) return found;
    throw new CommandError(
      `The dictionary "${dictionary.name}" has no source ${suppression.unwanted[0]}; it ${has}: say which with --remove.`,
    );
  }
  return remove.split(',').map((text) => {
    const index = labels.indexOf(text.trim());
    if (index >= 0) return index;
    throw new CommandError(`--remove names "${text.trim()}"; the dictionary "${dictionary.name}" ${has}.`);
  });
}
