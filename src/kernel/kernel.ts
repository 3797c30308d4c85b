/**
 * The contract of the inner loops. Three implementations keep it: relaxed SIMD and SIMD (AssemblyScript), and
 * the plain TypeScript twin, to which tests hold the other two.
 *
 * Arrays given to an operation must come from `allocate` of the same kernel. Lengths in bins are padded to
 * {@link BLOCK}; the padding of a spectrum is zero and every operation keeps it harmless. No operation allocates.
 */

/** Bins per block of a packed matrix, and the unit to which spectra are padded. */
export const BLOCK = 16;

export type KernelName = 'relaxed-simd' | 'simd' | 'typescript';

/** Number of bins rounded up to whole blocks. */
export const padBins = (bins: number): number => Math.ceil(bins / BLOCK) * BLOCK;

/**
 * A dictionary matrix of `atoms` atoms over `bins` (padded) bins, packed as [bins / 16][atoms][16], so that one
 * pass over a block computes W h, the ratio and W'r from the first-level cache.
 */
export interface PackedMatrix {
  readonly data: Float32Array;
  readonly bins: number;
  readonly atoms: number;
}

export interface Kernel {
  readonly name: KernelName;

  /**
   * `length` zeroed floats on a boundary of 64 bytes. Takes padBins(length) floats of the capacity given at creation, and throws
   * a RangeError when these are not left.
   */
  allocate(length: number): Float32Array;

  /** The same for doubles, which take twice the capacity. */
  allocateDoubles(length: number): Float64Array;

  /**
   * Packs `atoms` rows of `bins` values (row-major, atom by atom) into a matrix with padded bins, which takes atoms * padBins(bins)
   * floats. Subnormal values become zero. Not for the audio thread's process(): it may allocate.
   */
  pack(rows: Float32Array, atoms: number, bins: number): PackedMatrix;

  /** model = W[:, from:to] h[from:to]. */
  reconstruct(w: PackedMatrix, h: Float32Array, model: Float32Array, from: number, to: number): void;

  /** numerator = U' v. */
  project(u: PackedMatrix, v: Float32Array, numerator: Float32Array): void;

  /**
   * Kullback-Leibler: model = W h + epsilon; numerator = U' (v / model), in one pass. U is W for the ordinary update;
   * another matrix of the same shape for an unfolded one.
   */
  ratioKullbackLeibler(
    w: PackedMatrix,
    u: PackedMatrix,
    v: Float32Array,
    h: Float32Array,
    model: Float32Array,
    numerator: Float32Array,
    epsilon: number,
  ): void;

  /**
   * The update of an unfolded solver: model = W h + epsilon; numerator = U' (v / model);
   * h[k] *= (numerator[k] + offset)^exponents[k]. `w` is packed the other way round, one row of W (as many values as atoms) after
   * another: dot products are the faster loop, and two different matrices gain nothing from one pass. h is padded with zeros as a
   * spectrum is. Afterwards `model` holds v / model. Where the power is not finite, h[k] is NaN or infinite.
   */
  raiseActivations(
    w: PackedMatrix,
    u: PackedMatrix,
    v: Float32Array,
    h: Float32Array,
    model: Float32Array,
    numerator: Float32Array,
    exponents: Float32Array,
    epsilon: number,
    offset: number,
  ): void;

  /**
   * values[i] = (values[i] + offset)^exponent for i < length: values from 0, exponent 0 to 8. A sum below the normal floats counts as 0
   * and gives 0, whatever the exponent; other results are held within the normal floats. Of infinity, and of what is not a number, NaN
   * becomes.
   */
  raise(values: Float32Array, length: number, exponent: number, offset: number): void;

  /**
   * values[i] = ln values[i] for i < length, a multiple of 4. Values below the normal floats count as the least of them. Of infinity, and
   * of what is not a number, NaN becomes.
   */
  logarithms(values: Float32Array, length: number): void;

  /**
   * values[i] = e^values[i] for i < length, a multiple of 4, with values held between -87 and 87. Of infinity, and of what is not a
   * number, NaN becomes.
   */
  exponentials(values: Float32Array, length: number): void;

  /**
   * results[l] = sum over n < length of a[n] b[n + l], for l < shifts. `length` is a multiple of 4; b has length + shifts - 1 values at
   * least.
   */
  correlate(a: Float32Array, b: Float32Array, results: Float32Array, length: number, shifts: number): void;

  /** Itakura-Saito: model = W h + epsilon; numerator = W' (v / model^2); denominator = W' (1 / model). */
  ratioItakuraSaito(
    w: PackedMatrix,
    v: Float32Array,
    h: Float32Array,
    model: Float32Array,
    numerator: Float32Array,
    denominator: Float32Array,
    epsilon: number,
  ): void;

  /**
   * h[k] = max(floor, h[k] * u^exponent), u = numerator[k] / denominator[k]. Exponents 0.5, 1 and 1.5 take
   * square roots only. Non-finite u leaves h[k] at the floor.
   */
  scaleActivations(
    h: Float32Array,
    numerator: Float32Array,
    denominator: Float32Array,
    atoms: number,
    exponent: number,
    floor: number,
  ): void;

  /**
   * One sweep of coordinate descent over all atoms: a scalar Newton step each, damped so that the divergence does not rise (Hsieh
   * and Dhillon 2011; Hien and Gillis 2021), with `model` = W h + epsilon kept up to date. `columns` are the atoms as plain rows
   * of `bins` padded bins (`allocate(atoms * bins)`). For Itakura-Saito the curvature of the convex part is used. h and model
   * never fall below `floor`.
   */
  newtonSweep(
    divergence: 'euclidean' | 'kullback-leibler' | 'itakura-saito',
    columns: Float32Array,
    v: Float32Array,
    h: Float32Array,
    model: Float32Array,
    atoms: number,
    bins: number,
    floor: number,
  ): void;

  /**
   * gain[f] = sum_s gains[s] * models[s][f]^exponent / sum_s models[s][f]^exponent. `models` is sources x bins, row-major. Exponents
   * 1 and 2 take no power function. Where all models are below `epsilon` the gain is the mean of `gains`.
   */
  maskGain(
    models: Float32Array,
    gains: Float32Array,
    gain: Float32Array,
    sources: number,
    bins: number,
    exponent: number,
    epsilon: number,
  ): void;

  /** An FFT of `size` real samples (a power of two from 4), which takes kernelFftFloats(size) of the capacity; none in the twin. */
  createFft(size: number): KernelFft | undefined;
}

/** FFT of real signals; the arrays come from `allocateDoubles` of the kernel. See RealFFT. */
export interface KernelFft {
  forward(input: Float64Array, spectrum: Float64Array): void;
  inverse(spectrum: Float64Array, output: Float64Array): void;
}

/** Floats of capacity that `createFft` takes at most. */
export const kernelFftFloats = (size: number): number => 14 * size + 256;

/** Creates a kernel with room for `floats` values. */
export type KernelFactory = (floats: number) => Kernel;
