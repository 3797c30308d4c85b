/**
 * The one table of every control. The AudioWorklet's AudioParams, the panel, the command line's options
 * and the documentation all read it, so a range or a default is written once.
 */

/** Most sources that one dictionary may have: AudioParams cannot be added once the worklet is registered. */
export const MAX_SOURCES = 8;

/** A gain at or below this many dB is silence. */
export const SILENCE_DB = -60;

export interface ParameterInfo {
  /** AudioParam name. */
  readonly name: string;
  readonly label: string;
  /** One sentence for tooltips and documentation. */
  readonly description: string;
  readonly unit: 'dB' | 'ms' | '' | 'switch';
  readonly minValue: number;
  readonly maxValue: number;
  readonly defaultValue: number;
  /** Distance of one keyboard step. */
  readonly step: number;
}

const gain = (source: number): ParameterInfo => ({
  name: `gain${source}`,
  label: `Source ${source + 1}`,
  description: `Gain of source ${source + 1} of the dictionary; ${SILENCE_DB} dB removes it.`,
  unit: 'dB',
  minValue: SILENCE_DB,
  maxValue: 12,
  defaultValue: 0,
  step: 1,
});

/** All controls, in the order in which a panel shows them. Values are per render quantum (k-rate). */
export const PARAMETERS: readonly ParameterInfo[] = [
  ...Array.from({ length: MAX_SOURCES }, (_, source) => gain(source)),
  {
    name: 'reduction',
    label: 'Reduction',
    description: 'Deepest cut, relative to the loudest fader: the masks lower no part of the sound further.',
    unit: 'dB',
    minValue: 0,
    maxValue: 60,
    defaultValue: 24,
    step: 1,
  },
  {
    name: 'exponent',
    label: 'Mask exponent',
    description: 'Sharpness of the masks: 1 divides a bin in proportion, 2 is Wiener-like, more is harder.',
    unit: '',
    minValue: 0.5,
    maxValue: 4,
    defaultValue: 2,
    step: 0.1,
  },
  {
    name: 'smoothing',
    label: 'Smoothing',
    description: 'Time in which a mask may close (it opens at once): higher is calmer, lower is quicker.',
    unit: 'ms',
    minValue: 0,
    maxValue: 500,
    defaultValue: 30,
    step: 5,
  },
  {
    name: 'comb',
    label: 'Pitch comb',
    description:
      'Takes noise from between the partials of a voice, by its pitch; 0 leaves it to the masks. Not in mode monitor.',
    unit: '',
    minValue: 0,
    maxValue: 1,
    defaultValue: 1,
    step: 0.1,
  },
  {
    name: 'adaptation',
    label: 'Adapt',
    description: 'Learned noise follows the noise while nobody speaks; off freezes it as it is.',
    unit: 'switch',
    minValue: 0,
    maxValue: 1,
    defaultValue: 1,
    step: 1,
  },
  {
    name: 'bypass',
    label: 'Bypass',
    description: 'The untouched input, delayed by the same latency, so that the two can be compared.',
    unit: 'switch',
    minValue: 0,
    maxValue: 1,
    defaultValue: 0,
    step: 1,
  },
];

/** Name of the gain of one source, 0-based. */
export const gainName = (source: number): string => `gain${source}`;

/** Linear gain of a value in dB; at or below {@link SILENCE_DB} it is 0. */
export const decibelsToGain = (decibels: number): number =>
  decibels <= SILENCE_DB ? 0 : Math.pow(10, decibels / 20);

/** Looks a control up by name. Throws a RangeError that lists the names when there is none. */
export function parameterInfo(name: string): ParameterInfo {
  const found = PARAMETERS.find((parameter) => parameter.name === name);
  if (found) return found;
  throw new RangeError(
    `There is no parameter "${name}". There are: ${PARAMETERS.map((p) => p.name).join(', ')}.`,
  );
}
