import type { Divergence } from './divergence.ts';

export interface UpdateExponents {
  /** Never raises the divergence (Fevotte and Idier 2011, theorem 1), whatever the start. */
  readonly safe: number;
  /** Over-relaxed; for a start near the minimum, as on a frame that resembles the last. */
  readonly warm: number;
}

const EXPONENTS: Record<Divergence, UpdateExponents> = {
  euclidean: { safe: 1, warm: 1.5 },
  'kullback-leibler': { safe: 1, warm: 1.5 },
  'itakura-saito': { safe: 0.5, warm: 1 },
};

/** The exponents of the multiplicative update of h. */
export const divergenceExponents = (divergence: Divergence): UpdateExponents => EXPONENTS[divergence];
