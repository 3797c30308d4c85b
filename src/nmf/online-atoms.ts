export interface OnlineAtomsConfiguration {
  /** atomCount x bins, atom by atom, each with a sum of 1: where adaptation starts, and what it returns to. */
  readonly atoms: Float32Array;
  readonly atomCount: number;
  readonly bins: number;
  /** Seconds. */
  readonly hop: number;
}

/** Time constant of forgetting what an atom was used for, in seconds of frames that count. */
const USE_TIME = 4;
/** The same for what no atom explains: soon enough for a sound that begins, and long enough to be a mean. */
const RESIDUAL_TIME = 0.5;
/** What was learned counts as much as this many seconds of an atom's mean use. */
const PRIOR = 0.5;
/** Atoms are observed in this many groups, one a frame. */
const GROUPS = 4;
/** Seconds of frames that count between two resets, and the share of the energy that must be unexplained for one. */
const RESET_TIME = 0.25;
const UNEXPLAINED = 0.1;
/** Keeps what is forgotten from becoming subnormal. */
const TINY = 1e-30;
/** Values of an atom, which has a sum of 1, below which they are taken as zero. */
const INAUDIBLE = 1e-12;
/** A frame may ask a bin of an atom for at most this factor. */
const MOST = 30;

const audible = (value: number): number => (value > INAUDIBLE ? value : 0);

/** What atoms have observed of a sound, to be taken to others that stand for the same on other bins. */
export interface ObservedAtoms {
  /** The directions of a_k, atom by atom, each with a sum of 1; where nothing was observed the atom itself. */
  readonly atoms: Float32Array;
  /** The sums of a_k. */
  readonly sums: Float32Array;
  /** b_k. */
  readonly use: Float32Array;
}

/**
 * Atoms that follow a sound that changes (online NMF after Lefevre, Bach and Fevotte, WASPAA 2011; Kullback-Leibler):
 * each frame adds h_k W_k (v / W h) to a_k and h_k to b_k, both forgotten exponentially, and W_k = (a_k + p_k) / (b_k +
 * p) with what was learned, p_k, as a prior: an atom that is not used returns to it. The least used atom is now and
 * then replaced by the mean of what no atom explains (the rotational reset of Zhou, Chen and Duan, WASPAA 2015).
 *
 * The work is spread: a frame adds to a quarter of the atoms and renews one. Activations count relative to their sum,
 * so the level does not matter.
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
   * A frame of the sound that the atoms stand for. `spectrum`: v, `bins` values. `activations`: h of these atoms, from
   * `from` on. `model`: W h of these atoms alone. `certainty`: 0 to 1, how sure it is that the frame holds this sound
   * alone, and how far it counts. Returns the atom that was renewed, or -1.
   */
  process(
    spectrum: Float32Array,
    activations: Float32Array,
    from: number,
    model: Float32Array,
    certainty: number,
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
    const solved = sum > 0 && sum < Infinity && explained > 0 && explained < Infinity && active > 0;
    if (!(certainty > 0 && solved)) return -1;
    const scale = sum / explained;
    const epsilon = (1e-3 * sum) / bins;
    const keep = Math.exp((-certainty * this.#hop) / RESIDUAL_TIME);
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
    const forget = Math.exp((-certainty * GROUPS * this.#hop) / USE_TIME);
    const amount = (certainty * GROUPS * this.#hop) / active;
    for (let k = this.#group; k < this.#atomCount; k += GROUPS) {
      const use = amount * activations[from + k]!;
      this.#b[k] = forget * this.#b[k]! + use + TINY;
      const start = k * bins;
      for (let f = 0; f < bins; f++) {
        this.#a[start + f] = forget * this.#a[start + f]! + use * this.atoms[start + f]! * ratio[f]! + TINY;
      }
    }
    this.#group = (this.#group + 1) % GROUPS;
    this.#sinceReset += certainty * this.#hop;
    if (this.#sinceReset > RESET_TIME && unexplained > UNEXPLAINED) return this.#replace(unexplained);
    const next = this.#next;
    this.#next = (next + 1) % this.#atomCount;
    return this.#renew(next);
  }

  /** What a_k and b_k have come to. All arrays are its own. */
  observed(): ObservedAtoms {
    const bins = this.#bins;
    const sums = new Float32Array(this.#atomCount);
    const atoms = this.atoms.slice();
    for (let k = 0; k < this.#atomCount; k++) {
      const a = this.#a.subarray(k * bins, (k + 1) * bins);
      const sum = a.reduce((all, value) => all + value, 0);
      // Of what was hardly used nothing is known.
      if (!(sum > bins * 1e-20)) continue;
      sums[k] = sum;
      for (let f = 0; f < bins; f++) atoms[k * bins + f] = audible(a[f]! / sum);
    }
    return { atoms, sums, use: this.#b.slice() };
  }

  /** Goes on from what others, that learned the same, have observed; on the bins of these. */
  adopt({ atoms, sums, use }: ObservedAtoms): void {
    this.reset();
    this.#b.set(use);
    for (let k = 0; k < this.#atomCount; k++) {
      for (let f = k * this.#bins; f < (k + 1) * this.#bins; f++) this.#a[f] = sums[k]! * atoms[f]!;
      this.#renew(k);
    }
  }

  /** W_k = (a_k + p_k) / (b_k + p), with a sum of 1. */
  #renew(k: number): number {
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
      this.atoms[f] = audible((this.#a[f]! + prior * this.#learned[f]!) / sum);
    }
    return k;
  }

  #replace(unexplained: number): number {
    let least = 0;
    for (let k = 1; k < this.#atomCount; k++) if (this.#b[k]! < this.#b[least]!) least = k;
    const start = least * this.#bins;
    // As much as an atom of mean use has after the time it is remembered.
    const use = USE_TIME / this.#atomCount;
    this.#b[least] = use;
    for (let f = 0; f < this.#bins; f++) {
      const value = audible(this.#residual[f]! / unexplained);
      this.atoms[start + f] = value;
      this.#a[start + f] = use * value;
    }
    this.#residual.fill(0);
    this.#sinceReset = 0;
    return least;
  }
}
