export interface OnlineAtomsConfiguration {
  /** atomCount x bins, atom by atom, each with a sum of 1: where adaptation starts, and what it returns to. */
  readonly atoms: Float32Array;
  readonly atomCount: number;
  readonly bins: number;
  /** Seconds. */
  readonly hop: number;
}

/** Time constant of forgetting, in seconds of frames that count. */
const MEMORY = 4;
/** What was learned counts as much as this many seconds of an atom's mean use. */
const PRIOR = 0.5;
/** Atoms are observed in this many groups, one a frame. */
const GROUPS = 4;
/** Seconds of frames that count between two resets, and the share of the energy that must be unexplained for one. */
const RESET_TIME = 0.25;
const UNEXPLAINED = 0.1;
/** Keeps what is forgotten from becoming subnormal. */
const TINY = 1e-30;
/** A frame may ask a bin of an atom for at most this factor. */
const MOST = 30;

/**
 * Atoms that follow a sound that changes (online NMF after Lefevre, Bach and Fevotte, WASPAA 2011; Kullback-Leibler): each frame adds
 * h_k W_k (v / W h) to a_k and h_k to b_k, both forgotten exponentially, and W_k = (a_k + p_k) / (b_k + p) with what was learned, p_k, as
 * a prior: an atom that is not used returns to it. The least used atom is now and then replaced by the mean of what no atom explains
 * (the rotational reset of Zhou, Chen and Duan, WASPAA 2015).
 *
 * The work is spread: a frame adds to a quarter of the atoms and renews one. Activations count relative to their sum, so the level does not matter.
 */
export class OnlineAtoms {
  /** The atoms now, atomCount x bins. */
  atoms: Float32Array = new Float32Array(0);
  #learned: Float32Array = new Float32Array(0);
  #a = new Float32Array(0);
  #b = new Float32Array(0);
  #ratio = new Float32Array(0);
  #residual = new Float32Array(0);
  #atomCount = 0;
  #bins = 0;
  #hop = 0;
  #group = 0;
  #next = 0;
  #sinceReset = 0;

  configure({ atoms, atomCount, bins, hop }: OnlineAtomsConfiguration): void {
    this.#learned = atoms.slice();
    this.atoms = atoms.slice();
    this.#a = new Float32Array(atoms.length);
    this.#b = new Float32Array(atomCount);
    this.#ratio = new Float32Array(bins);
    this.#residual = new Float32Array(bins);
    this.#atomCount = atomCount;
    this.#bins = bins;
    this.#hop = hop;
    this.reset();
  }

  /** Back to what was learned. */
  reset(): void {
    this.atoms.set(this.#learned);
    this.#a.fill(0);
    this.#b.fill(0);
    this.#residual.fill(0);
    this.#group = 0;
    this.#next = 0;
    this.#sinceReset = 0;
  }

  /**
   * A frame of the sound that the atoms stand for. `spectrum`: v, `bins` values. `activations`: h of these atoms, from `from` on. `model`: W h
   * of these atoms alone. `weight`: 0 to 1, how far the frame counts. Returns the atom that was renewed, or -1.
   */
  process(
    spectrum: Float32Array,
    activations: Float32Array,
    from: number,
    model: Float32Array,
    weight: number,
  ): number {
    const bins = this.#bins;
    let sum = 0;
    let explained = 0;
    let active = 0;
    for (let f = 0; f < bins; f++) {
      sum += spectrum[f]!;
      explained += model[f]!;
    }
    for (let k = 0; k < this.#atomCount; k++) active += activations[from + k]!;
    // Also false for what is not a number.
    if (!(weight > 0 && sum > 0 && sum < Infinity && explained > 0 && explained < Infinity && active > 0))
      return -1;
    const scale = sum / explained;
    const epsilon = (1e-3 * sum) / bins;
    const keep = Math.exp((-weight * this.#hop) / 0.5);
    const residual = this.#residual;
    const ratio = this.#ratio;
    let unexplained = 0;
    for (let f = 0; f < bins; f++) {
      const w = scale * model[f]!;
      const r = (spectrum[f]! + epsilon) / (w + epsilon);
      ratio[f] = r < MOST ? r : MOST;
      // Signed, so that what only fluctuates about the model goes to zero in the mean.
      residual[f] = keep * residual[f]! + ((1 - keep) * (spectrum[f]! - w)) / sum;
      if (residual[f]! > 0) unexplained += residual[f]!;
    }
    const forget = Math.exp((-weight * GROUPS * this.#hop) / MEMORY);
    const amount = (weight * GROUPS * this.#hop) / active;
    for (let k = this.#group; k < this.#atomCount; k += GROUPS) {
      const use = amount * activations[from + k]!;
      this.#b[k] = forget * this.#b[k]! + use + TINY;
      const start = k * bins;
      for (let f = 0; f < bins; f++) {
        this.#a[start + f] = forget * this.#a[start + f]! + use * this.atoms[start + f]! * ratio[f]! + TINY;
      }
    }
    this.#group = (this.#group + 1) % GROUPS;
    this.#sinceReset += weight * this.#hop;
    if (this.#sinceReset > RESET_TIME && unexplained > UNEXPLAINED) return this.#replace(unexplained);
    return this.#renew();
  }

  /** W_k = (a_k + p_k) / (b_k + p), with a sum of 1. */
  #renew(): number {
    const k = this.#next;
    this.#next = (k + 1) % this.#atomCount;
    const start = k * this.#bins;
    const prior = PRIOR / this.#atomCount;
    let sum = 0;
    for (let f = start; f < start + this.#bins; f++) sum += this.#a[f]! + prior * this.#learned[f]!;
    if (!(sum > 0 && sum < Infinity)) {
      this.#a.fill(0, start, start + this.#bins);
      this.#b[k] = 0;
      return -1;
    }
    for (let f = start; f < start + this.#bins; f++) {
      const value = (this.#a[f]! + prior * this.#learned[f]!) / sum;
      this.atoms[f] = value > 1e-12 ? value : 0;
    }
    return k;
  }

  #replace(unexplained: number): number {
    let least = 0;
    for (let k = 1; k < this.#atomCount; k++) if (this.#b[k]! < this.#b[least]!) least = k;
    const start = least * this.#bins;
    // As much as an atom of mean use has after the time it is remembered.
    const use = MEMORY / this.#atomCount;
    this.#b[least] = use;
    for (let f = 0; f < this.#bins; f++) {
      const value = this.#residual[f]! > 0 ? this.#residual[f]! / unexplained : 0;
      this.atoms[start + f] = value;
      this.#a[start + f] = use * value;
    }
    this.#residual.fill(0);
    this.#sinceReset = 0;
    return least;
  }
}
