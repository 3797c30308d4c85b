import type { Dictionary } from '../dictionary/dictionary.ts';
import type { KernelFactory } from '../kernel/kernel.ts';
import { ActivationSolver } from '../nmf/activations.ts';
import type { MaskFrames } from '../nmf/mask-atoms.ts';
import type { Mixture } from './mixtures.ts';

/** Neighbouring frames say nearly the same: one in so many is learned from, which leaves time for more mixtures. */
const EVERY = 2;
/** Most frames worked on at once: so many activations fit into the second-level cache. */
const CHUNK = 512;

/** The engine's solver, for as many of the lowest bins as a mixture has. */
export class MixtureSolver {
  readonly #dictionary: Dictionary;
  readonly #createKernel: KernelFactory;
  readonly #byBins = new Map<number, ActivationSolver>();

  constructor(dictionary: Dictionary, createKernel: KernelFactory) {
    this.#dictionary = dictionary;
    this.#createKernel = createKernel;
  }

  /** count x K. */
  solve({ spectrum, count, observedBins }: Mixture): Float32Array {
    const { bins, atomCount, exponent } = this.#dictionary;
    const solver = this.#solver(observedBins);
    solver.reset();
    const activations = new Float32Array(count * atomCount);
    for (let t = 0; t < count; t++) {
      for (let f = 0; f < observedBins; f++) {
        const magnitude = spectrum[t * bins + f]!;
        solver.spectrum[f] = exponent === 1 ? magnitude : magnitude ** exponent;
      }
      solver.process();
      activations.set(solver.activations.subarray(0, atomCount), t * atomCount);
    }
    return activations;
  }

  #solver(bins: number): ActivationSolver {
    let solver = this.#byBins.get(bins);
    if (solver) return solver;
    const { atoms, atomCount, divergence, bins: all } = this.#dictionary;
    const rows = new Float32Array(atomCount * bins);
    for (let k = 0; k < atomCount; k++) rows.set(atoms.subarray(k * all, k * all + bins), k * bins);
    solver = new ActivationSolver();
    const kernel = this.#createKernel(ActivationSolver.floatsNeeded(atomCount, bins));
    solver.configure({ kernel, atoms: rows, atomCount, bins, divergence });
    this.#byBins.set(bins, solver);
    return solver;
  }
}

/** Every few frames of the mixtures, turned to stand bin by bin, in chunks. */
export class FrameCollector {
  readonly meanActivations: Float64Array;
  readonly #dictionary: Dictionary;
  readonly #done: MaskFrames[] = [];
  #frames: { mixture: Mixture; at: number; scale: number; activations: Float32Array }[] = [];

  constructor(dictionary: Dictionary) {
    this.#dictionary = dictionary;
    this.meanActivations = new Float64Array(dictionary.atomCount);
  }

  add(mixture: Mixture, activations: Float32Array): void {
    const { bins, atomCount } = this.#dictionary;
    const scale = weight(mixture, bins);
    for (let t = 0; t < mixture.count; t += EVERY) {
      const own = activations.subarray(t * atomCount, (t + 1) * atomCount);
      for (let k = 0; k < atomCount; k++) this.meanActivations[k]! += own[k]!;
      this.#frames.push({ mixture, at: t * bins, scale, activations: own });
      if (this.#frames.length === CHUNK) this.#flush();
    }
  }

  finish(): readonly MaskFrames[] {
    if (this.#frames.length > 0) this.#flush();
    return this.#done;
  }

  #flush(): void {
    const { bins, atomCount, sources } = this.#dictionary;
    const count = this.#frames.length;
    const spectrum = new Float32Array(bins * count);
    const targets = sources.map(() => new Float32Array(bins * count));
    const activations = new Float32Array(atomCount * count);
    for (const [n, { mixture, at, scale, activations: own }] of this.#frames.entries()) {
      for (let f = 0; f < mixture.observedBins; f++) {
        spectrum[f * count + n] = scale * mixture.spectrum[at + f]!;
        targets[mixture.sources[0]]![f * count + n] = scale * mixture.targets[0][at + f]!;
        targets[mixture.sources[1]]![f * count + n] = scale * mixture.targets[1][at + f]!;
      }
      for (let k = 0; k < atomCount; k++) activations[k * count + n] = own[k]!;
    }
    this.#done.push({ count, spectrum, targets, activations });
    this.#frames = [];
  }
}

/**
 * What a mixture is multiplied by, so that all count alike whatever their level and SNR: its error is of the order of
 * E_1 E_2 / (E_1 + E_2), the energies of its sources, as that of a Wiener filter is.
 */
function weight({ targets, count, observedBins }: Mixture, bins: number): number {
  const [first, second] = targets.map((target) => {
    let sum = 0;
    for (let t = 0; t < count; t++) {
      for (let f = 0; f < observedBins; f++) sum += target[t * bins + f]! ** 2;
    }
    return sum;
  }) as [number, number];
  return first > 0 && second > 0 ? Math.sqrt(EVERY * (1 / first + 1 / second)) : 0;
}
