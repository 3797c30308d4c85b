import type { Divergence } from '../../nmf/divergence.ts';
import { AcceleratedSteps } from './accelerated-steps.ts';
import type { MakeStep, StepSettings } from './accelerated-steps.ts';
import type { AtomsUpdate } from './atoms-update.ts';

/** In fewer iterations all in all it would not pay. */
const LEAST_ITERATIONS = 8;
/** A part holds so many frames per atom at least, and so many in all: fewer would lead the atoms astray. */
const LEAST_FRAMES_PER_ATOM = 8;
const LEAST_FRAMES = 256;
/** The most iterations on the part. */
const MOST_STEPS = 32;
/** A fall of the objective per iteration, relative, below which the part has taught what it can. */
const SETTLED = 0.01;
/** Updates of all activations after that. */
const CATCH_UP = 3;

/**
 * The n of the n-th of all frames with which a training may begin; 1: better with all. So it is for Itakura-Saito, whose safe updates
 * are too slow to bring the other frames up to the atoms in a few.
 */
export function headStartPart(
  divergence: Divergence,
  frames: number,
  atomCount: number,
  iterations: number,
): number {
  if (iterations < LEAST_ITERATIONS || divergence === 'itakura-saito') return 1;
  const least = Math.max(LEAST_FRAMES, LEAST_FRAMES_PER_ATOM * atomCount);
  return [8, 4].find((part) => frames / part >= least) ?? 1;
}

export interface HeadStart {
  /** The objective on all frames. */
  readonly objective: number;
  /** The work that it took, in iterations on all frames. */
  readonly iterations: number;
  /** False where `report` stopped it. */
  readonly finished: boolean;
}

/**
 * Iterations on a part of the frames alone, then an update of W from all, their activations brought up to the atoms by a few
 * over-relaxed updates. Frames are many and atoms few: from a start that knows little, an eighth of the frames teaches the atoms
 * nearly as much in an iteration as all of them, in an eighth of the time.
 */
export async function headStart(
  makeStep: MakeStep,
  atoms: AtomsUpdate,
  settings: StepSettings & { readonly iterations: number },
  report: (iteration: number) => boolean,
): Promise<HeadStart> {
  const { part } = settings;
  const steps = new AcceleratedSteps(makeStep, atoms, settings);
  const most = Math.min(MOST_STEPS, Math.floor((part * settings.iterations) / 4));
  let last = Infinity;
  let done = 0;
  let finished = true;
  while (finished && done < most) {
    const objective = await steps.iterate();
    done++;
    if (done % part === 0) finished = report(done / part);
    if (objective === undefined) continue;
    const fall = last - objective;
    if (done > 3 && fall >= 0 && fall < 2 * SETTLED * objective) break;
    last = objective;
  }
  const { statistics, objective } = await makeStep(0, {
    updates: CATCH_UP,
    firstExponent: 1,
    exponent: 1.5,
  });
  atoms.update(statistics, false);
  return { objective, iterations: Math.ceil(done / part + (CATCH_UP + 1) / 2), finished };
}
