/** Ratios beyond are cut: what is left then is rounding, and an infinite one would make every mean infinite. */
export const MOST_DB = 80;

/** A value in dB, cut to +-{@link MOST_DB}; what is not a number (nothing against nothing) counts as the lowest. */
export const limited = (value: number): number =>
  Number.isNaN(value) ? -MOST_DB : Math.min(MOST_DB, Math.max(-MOST_DB, value));

/** A ratio of energies in dB, limited. Energies below 0, which rounding makes, count as 0. */
export const decibels = (energy: number, reference: number): number =>
  limited(10 * Math.log10(Math.max(0, energy) / Math.max(0, reference)));
