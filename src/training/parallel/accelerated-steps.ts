import type { Divergence } from '../../nmf/divergence.ts';
import type { AtomStatistics, AtomsUpdate } from './atoms-update.ts';
import type { Step } from './messages.ts';

/** Momentum never goes above it. */
const MOST_MOMENTUM = 0.9;

/** A step of the workers from the present atoms, or from a point `momentum` beyond them, with the objective where it was measured. */
export type MakeStep = (
  momentum: number,
  more: Partial<Step>,
) => Promise<{ readonly statistics: AtomStatistics; readonly objective: number }>;

export interface StepSettings {
  readonly divergence: Divergence;
  readonly sparsity: number;
  readonly accelerated: boolean;
  /** Of the frames, as in Step. */
  readonly part: number;
}

/** One iteration after another: an update of H, and one of W from it. Where the objective has risen, momentum starts anew. */
export class AcceleratedSteps {
  readonly #makeStep: MakeStep;
  readonly #atoms: AtomsUpdate;
  readonly #settings: StepSettings;
  #inertia = 1;
  #rose = false;
  #done = 0;
  /** As last measured. */
  #objective: number;

  constructor(makeStep: MakeStep, atoms: AtomsUpdate, settings: StepSettings, objective = Infinity) {
    this.#makeStep = makeStep;
    this.#atoms = atoms;
    this.#settings = settings;
    this.#objective = objective;
  }

  /** The objective, between the update of H and that of W; undefined where it was not measured. `measure`: it is wanted in any case. */
  async iterate(measure = false): Promise<number | undefined> {
    const { divergence, sparsity, accelerated, part } = this.#settings;
    const next = (1 + Math.sqrt(1 + 4 * this.#inertia ** 2)) / 2;
    const momentum = accelerated ? Math.min((this.#inertia - 1) / next, MOST_MOMENTUM) : 0;
    this.#inertia = next;
    // Itakura-Saito's safe exponent is 1/2: momentum alone speeds it up.
    const relaxed = accelerated && !this.#rose && divergence !== 'itakura-saito';
    // A logarithm per value is a tenth of an iteration: every other one will do to see that it goes down.
    const measured = measure || !accelerated || this.#rose || this.#done % 2 === 1;
    const { statistics, objective } = await this.#makeStep(momentum, {
      measure: measured,
      part,
      ...(relaxed && { exponent: 1.25 as const }),
    });
    this.#rose = measured && objective > this.#objective;
    if (this.#rose) this.#inertia = 1;
    if (measured) this.#objective = objective;
    this.#atoms.update(statistics, relaxed && !this.#rose && sparsity === 0);
    this.#done++;
    return measured ? objective : undefined;
  }
}
