import { MAX_SOURCES, PARAMETERS, decibelsToGain, parameterInfo } from '../parameters.ts';

const indexOf = (name: string): number => PARAMETERS.indexOf(parameterInfo(name));
const REDUCTION = indexOf('reduction');
const EXPONENT = indexOf('exponent');
const SMOOTHING = indexOf('smoothing');
const COMB = indexOf('comb');
const ADAPTATION = indexOf('adaptation');
const BYPASS = indexOf('bypass');

/** The current value of every control, in the order of PARAMETERS. */
export class Controls {
  readonly values = Float64Array.from(PARAMETERS, (parameter) => parameter.defaultValue);

  /** Throws a RangeError for an unknown name or a value that is not finite; a value out of range is brought into it. */
  set(name: string, value: number): void {
    const info = parameterInfo(name);
    if (!Number.isFinite(value))
      throw new RangeError(`The value of "${name}" is ${value}; it must be a number.`);
    this.values[PARAMETERS.indexOf(info)] = Math.min(info.maxValue, Math.max(info.minValue, value));
  }

  /** Linear gain of a source, 0-based. */
  gain(source: number): number {
    return decibelsToGain(this.values[source]!);
  }

  /** Linear gain below which nothing is lowered, relative to the loudest fader. */
  get floor(): number {
    return Math.pow(10, -this.values[REDUCTION]! / 20);
  }

  get exponent(): number {
    return this.values[EXPONENT]!;
  }

  /** Seconds. */
  get smoothing(): number {
    return this.values[SMOOTHING]! / 1000;
  }

  /** 0 to 1. */
  get comb(): number {
    return this.values[COMB]!;
  }

  get adapting(): boolean {
    return this.values[ADAPTATION]! >= 0.5;
  }

  get bypassed(): boolean {
    return this.values[BYPASS]! >= 0.5;
  }

  /** Takes k-rate AudioParam values: one array a parameter, by name. Allocates nothing. */
  readAudioParams(parameters: Record<string, Float32Array>): void {
    for (let i = 0; i < PARAMETERS.length; i++) {
      const value = parameters[PARAMETERS[i]!.name]?.[0];
      // A NaN would stay in the smoothed gains for good.
      if (value !== undefined && value - value === 0) this.values[i] = value;
    }
  }
}

if (MAX_SOURCES > PARAMETERS.length || PARAMETERS[MAX_SOURCES - 1]!.name !== `gain${MAX_SOURCES - 1}`) {
  throw new Error('The gains must come first in PARAMETERS.');
}
