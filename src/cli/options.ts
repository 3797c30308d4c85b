import { parameterInfo } from '../parameters.ts';
import type { Preset } from '../presets.ts';
import { LATENCY_MODES, type LatencyMode } from '../separator/latency-modes.ts';
import { SAMPLE_FORMATS, type SampleFormat } from '../audio/wav.ts';
import type { Arguments, Option, OptionTable } from './command.ts';
import { CommandError } from './errors.ts';

/** Controls of parameters.ts that a command takes as options, by their own names. */
const CONTROLS = ['reduction', 'exponent', 'smoothing', 'comb'] as const;
export type ControlName = (typeof CONTROLS)[number];

/** An option for a control, with its range and default from the table. */
export function controlOption(name: ControlName, defaultValue = parameterInfo(name).defaultValue): Option {
  const { description, unit, minValue, maxValue } = parameterInfo(name);
  const range = `${minValue} to ${maxValue}${unit && ` ${unit}`}, default ${defaultValue}`;
  return { type: 'string', value: unit ? unit.toUpperCase() : 'NUMBER', help: `${description} (${range})` };
}

/** Options for all controls that a command takes, with the preset's defaults. */
export const controlOptions = ({ parameters }: Preset): OptionTable =>
  Object.fromEntries(CONTROLS.map((name) => [name, controlOption(name, parameters[name])]));

/** The values of the preset, where no option says otherwise. */
export const controlsOf = ({ parameters }: Preset): Record<string, number> =>
  Object.fromEntries(CONTROLS.map((name) => [name, parameters[name]!]));

export const modeOption = (defaultMode: LatencyMode): Option => ({
  type: 'string',
  short: 'm',
  value: 'MODE',
  help: `Window and hop: ${LATENCY_MODES.join(', ')}; default ${defaultMode}.`,
});

export const DICTIONARY_OPTION: Option = {
  type: 'string',
  short: 'd',
  value: 'FILE',
  help: 'Dictionary (.safetensors, .npz, or WAV of bases), or the name of a built-in one.',
};

export const FORMAT_OPTION: OptionTable = {
  format: {
    type: 'string',
    short: 'f',
    value: 'FORMAT',
    help: `Samples of the output: ${SAMPLE_FORMATS.join(', ')}; default those of the input.`,
  },
};

export function readMode(args: Arguments, defaultMode: LatencyMode): LatencyMode {
  return oneOf(LATENCY_MODES, 'mode', args.text('mode') ?? defaultMode);
}

export function readFormat(args: Arguments): SampleFormat | undefined {
  const text = args.text('format');
  return text === undefined ? undefined : oneOf(SAMPLE_FORMATS, 'format', text);
}

/** The values of the control options that were given. */
export function readControls(args: Arguments): Partial<Record<ControlName, number>> {
  const values: Partial<Record<ControlName, number>> = {};
  for (const name of CONTROLS) {
    const text = args.text(name);
    if (text === undefined) continue;
    const { minValue, maxValue, unit } = parameterInfo(name);
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (!(value >= minValue && value <= maxValue)) {
      const range = `a number from ${minValue} to ${maxValue}${unit && ` ${unit}`}`;
      throw new CommandError(`--${name} is "${text}"; it must be ${range}.`);
    }
    values[name] = value;
  }
  return values;
}

function oneOf<T extends string>(allowed: readonly T[], name: string, text: string): T {
  const found = allowed.find((value) => value === text);
  if (found !== undefined) return found;
  throw new CommandError(`--${name} is "${text}"; it must be one of ${allowed.join(', ')}.`);
}
