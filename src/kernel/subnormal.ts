/** The smallest normal float. */
export const SMALLEST_NORMAL = 2 ** -126;

/** Zero for a subnormal value: such values are slow in every operation, and inaudible. */
export const flushSubnormal = (value: number): number =>
  value < SMALLEST_NORMAL && value > -SMALLEST_NORMAL ? 0 : value;
