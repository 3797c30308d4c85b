import type { Separator } from './separator.ts';

/** Bands of the two spectra in a snapshot. */
export const METER_BANDS = 64;

/** Values before the variable part. */
const HEADER = 8;

/** One snapshot of the meters, taken out of the buffer in which it travelled. All levels are linear. */
export interface MeterSnapshot {
  readonly inputPeak: number;
  readonly inputRms: number;
  readonly outputPeak: number;
  readonly outputRms: number;
  /** dB by which the energy of the last frame was lowered; 0 or more, but for faders above 0 dB. */
  readonly reduction: number;
  /** Frames that passed dry and samples that were not finite, since the start. */
  readonly faults: number;
  /** Root mean square of each source in the last frame. */
  readonly sourceLevels: Float32Array;
  /** h of the last frame. */
  readonly activations: Float32Array;
  /** Magnitude in METER_BANDS bands, spaced evenly in log frequency from 50 Hz to the Nyquist frequency. */
  readonly spectra: { readonly input: Float32Array; readonly output: Float32Array };
}

export const meterLength = (sources: number, atoms: number): number =>
  HEADER + sources + 2 * METER_BANDS + atoms;

/** Views into the buffer; nothing is copied. */
export function readMeters(buffer: Float32Array): MeterSnapshot {
  const sources = buffer[6]!;
  const atoms = buffer[7]!;
  const spectra = HEADER + sources;
  return {
    inputPeak: buffer[0]!,
    inputRms: buffer[1]!,
    outputPeak: buffer[2]!,
    outputRms: buffer[3]!,
    reduction: buffer[4]!,
    faults: buffer[5]!,
    sourceLevels: buffer.subarray(HEADER, spectra),
    spectra: {
      input: buffer.subarray(spectra, spectra + METER_BANDS),
      output: buffer.subarray(spectra + METER_BANDS, spectra + 2 * METER_BANDS),
    },
    activations: buffer.subarray(spectra + 2 * METER_BANDS, spectra + 2 * METER_BANDS + atoms),
  };
}

/** Fills a buffer of meterLength(...) values from the engine's last frame, and starts its level meters afresh. */
export class MeterWriter {
  #edges = new Uint16Array(METER_BANDS + 1);
  #oneHot = new Float64Array(8);

  configure({ sampleRate, bins }: { sampleRate: number; bins: number }): void {
    const nyquist = sampleRate / 2;
    for (let b = 0; b <= METER_BANDS; b++) {
      const hertz = 50 * (nyquist / 50) ** (b / METER_BANDS);
      this.#edges[b] = Math.min(bins, Math.round((hertz / nyquist) * (bins - 1)));
    }
  }

  write(separator: Separator, buffer: Float32Array): void {
    const { energy, gain, model } = separator.frame;
    const { windowLength, bins } = separator.layout;
    const sources = model.dictionary.sources.length;
    // One side of the spectrum of a window whose squares sum to about half its length.
    const scale = 4 / (windowLength * windowLength);
    buffer[0] = separator.inputMeter.peak;
    buffer[1] = separator.inputMeter.rms;
    buffer[2] = separator.outputMeter.peak;
    buffer[3] = separator.outputMeter.rms;
    buffer[5] = separator.faults;
    buffer[6] = sources;
    buffer[7] = model.activations.length;
    separator.inputMeter.reset();
    separator.outputMeter.reset();

    let before = 1e-20;
    let after = 1e-20;
    for (let f = 0; f < bins; f++) {
      before += energy[f]!;
      after += energy[f]! * gain[f]! * gain[f]!;
    }
    buffer[4] = 10 * Math.log10(before / after);

    for (let s = 0; s < sources; s++) {
      this.#oneHot.fill(0);
      this.#oneHot[s] = 1;
      const mask = model.gain(this.#oneHot, separator.controls.exponent);
      let power = 0;
      for (let f = 0; f < bins; f++) power += energy[f]! * mask[f]! * mask[f]!;
      buffer[HEADER + s] = Math.sqrt(power * scale);
    }

    const spectra = HEADER + sources;
    for (let b = 0; b < METER_BANDS; b++) {
      const from = this.#edges[b]!;
      const to = Math.max(from + 1, this.#edges[b + 1]!);
      let input = 0;
      let output = 0;
      for (let f = from; f < to && f < bins; f++) {
        input += energy[f]!;
        output += energy[f]! * gain[f]! * gain[f]!;
      }
      buffer[spectra + b] = Math.sqrt((input * scale) / (to - from));
      buffer[spectra + METER_BANDS + b] = Math.sqrt((output * scale) / (to - from));
    }
    buffer.set(model.activations, spectra + 2 * METER_BANDS);
  }
}
