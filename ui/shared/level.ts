/** Bottom of the meters, dB. */
export const METER_FLOOR = -60;
/** Reports between two updates of a text, which would flicker otherwise. */
export const TEXT_INTERVAL = 6;

/** A reduction in dB, calmed so that it can be read; two of these with the same reports show the same number. */
export class CalmReduction {
  decibels = 0;
  #reports = 0;

  /** Takes a report (dB, 0 or more); gives a text every few of them. */
  update(decibels: number): string | undefined {
    this.decibels += (Math.max(0, decibels) - this.decibels) * 0.25;
    if (this.#reports++ % TEXT_INTERVAL !== 0) return undefined;
    return this.decibels < 0.05 ? '0.0' : `−${this.decibels.toFixed(1)}`;
  }
}

export const toDecibels = (linear: number): number => (linear > 1e-6 ? 20 * Math.log10(linear) : -120);

/** Height of a level on a meter, 0 to 1; the upper range, where one looks, gets more room. */
export function meterHeight(decibels: number): number {
  const part = Math.min(1, Math.max(0, 1 - decibels / METER_FLOOR));
  return part ** 1.35;
}
