/**
 * The cost of a frame in each kernel, and how far from the minimum each solver ends. Run with `tsx bench/kernel.ts`;
 * `--json` for one JSON object. Node 20 runs relaxed SIMD behind a flag, which is set here.
 */
import { cpus } from 'node:os';
import { padBins } from '../src/kernel/kernel.ts';
import type { Kernel } from '../src/kernel/kernel.ts';
import type { Solver } from '../src/nmf/activations.ts';
import { DIVERGENCES } from '../src/nmf/divergence.ts';
import { fixtureAtoms, fixtureFrames } from '../test/helpers/fixtures.ts';
import { availableKernels } from '../test/helpers/kernels.ts';
import { randomSource } from '../test/helpers/signals.ts';
import { solveSequence, total } from '../test/helpers/solving.ts';
import { median, progress, report } from './report.ts';
import type { Report } from './report.ts';

const UPDATES = 10;
const SIZES = [
  { bins: 513, atoms: 64 },
  { bins: 513, atoms: 128 },
  { bins: 1025, atoms: 96 },
];

/** One Kullback-Leibler update the way one first writes it: W row-major F x K, one loop after another. */
function naiveUpdate(
  w: Float32Array,
  v: Float32Array,
  h: Float32Array,
  ratio: Float32Array,
  u: Float32Array,
  bins: number,
  atoms: number,
): void {
  for (let f = 0; f < bins; f++) {
    let model = 1e-9;
    for (let k = 0; k < atoms; k++) model += w[f * atoms + k]! * h[k]!;
    ratio[f] = v[f]! / model;
  }
  for (let k = 0; k < atoms; k++) {
    let sum = 0;
    for (let f = 0; f < bins; f++) sum += w[f * atoms + k]! * ratio[f]!;
    u[k] = sum;
  }
  for (let k = 0; k < atoms; k++) h[k]! *= u[k]!;
}

interface Frame {
  readonly rows: Float32Array;
  readonly v: Float32Array;
  readonly bins: number;
  readonly atoms: number;
}

/** Atoms that sum to 1 and a frame of them, so that the activations stay in the range of music. */
function randomFrame(bins: number, atoms: number): Frame {
  const random = randomSource(bins + atoms);
  const rows = Float32Array.from({ length: atoms * bins }, () => random() ** 4);
  const v = new Float32Array(bins);
  for (let k = 0; k < atoms; k++) {
    const row = rows.subarray(k * bins, (k + 1) * bins);
    const sum = total([...row]);
    const level = random() ** 2;
    for (let f = 0; f < bins; f++) v[f]! += level * (row[f]! /= sum) * (0.5 + random());
  }
  return { rows, v, bins, atoms };
}

/** Milliseconds, the median of `repeats` runs after a warm-up. */
function time(run: () => void, repeats: number): number {
  for (let i = 0; i < Math.ceil(repeats / 5); i++) run();
  const times = Array.from({ length: repeats }, () => {
    const start = performance.now();
    run();
    return performance.now() - start;
  });
  return median(times);
}

function naiveCost({ rows, v, bins, atoms }: Frame): number {
  const w = Float32Array.from(
    { length: bins * atoms },
    (_, i) => rows[(i % atoms) * bins + Math.floor(i / atoms)]!,
  );
  const h = new Float32Array(atoms);
  const [ratio, u] = [new Float32Array(bins), new Float32Array(atoms)];
  return time(() => {
    h.fill(1 / atoms);
    for (let i = 0; i < UPDATES; i++) naiveUpdate(w, v, h, ratio, u, bins, atoms);
  }, 100);
}

/** Milliseconds of the updates, and of two Newton sweeps. */
function kernelCost(create: (floats: number) => Kernel, { rows, v, bins, atoms }: Frame): [number, number] {
  const padded = padBins(bins);
  const kernel = create(2 * atoms * padded + 2 * padded + 3 * padBins(atoms));
  const w = kernel.pack(rows, atoms, bins);
  const columns = kernel.allocate(atoms * padded);
  for (let k = 0; k < atoms; k++) columns.set(rows.subarray(k * bins, (k + 1) * bins), k * padded);
  const [spectrum, model] = [kernel.allocate(padded), kernel.allocate(padded)];
  spectrum.set(v);
  const [h, u, ones] = [kernel.allocate(atoms), kernel.allocate(atoms), kernel.allocate(atoms).fill(1)];
  const repeats = kernel.name === 'typescript' ? 100 : 1000;
  const updates = time(() => {
    h.fill(1 / atoms);
    for (let i = 0; i < UPDATES; i++) {
      kernel.ratioKullbackLeibler(w, w, spectrum, h, model, u, 1e-9);
      kernel.scaleActivations(h, u, ones, atoms, 1, 1e-12);
    }
  }, repeats);
  const sweeps = time(() => {
    h.fill(1 / atoms);
    kernel.reconstruct(w, h, model, 0, atoms);
    for (let i = 0; i < 2; i++) {
      kernel.newtonSweep('kullback-leibler', columns, spectrum, h, model, atoms, padded, 1e-12);
    }
  }, repeats);
  return [updates, sweeps];
}

function speed(): Report {
  const kernels = availableKernels();
  const rows: (string | number)[][] = [];
  for (const { bins, atoms } of SIZES) {
    progress(`speed at F=${bins}, K=${atoms}`);
    const frame = randomFrame(bins, atoms);
    const naive = naiveCost(frame);
    rows.push([`F=${bins} K=${atoms}`, 'naive loops', naive, 1, '']);
    for (const { name, factory } of kernels) {
      const [updates, sweeps] = kernelCost(factory, frame);
      rows.push([`F=${bins} K=${atoms}`, name, updates, updates / naive, sweeps.toFixed(4)]);
    }
  }
  const missing = kernels.some(({ name }) => name === 'relaxed-simd')
    ? []
    : ['relaxed SIMD: not in this runtime'];
  return {
    title: `One frame of ${UPDATES} Kullback-Leibler updates`,
    columns: ['size', 'kernel', 'ms', 'of naive', 'ms for 2 Newton sweeps'],
    rows,
    notes: [`median; Node ${process.version}, ${cpus()[0]?.model ?? 'unknown processor'}`, ...missing],
  };
}

function excess(): Report {
  const problem = fixtureAtoms();
  const { frames, count } = fixtureFrames('speech-and-noise');
  const kernel = availableKernels().find(({ name }) => name !== 'typescript')?.factory;
  const options = kernel ? { kernel } : {};
  const budgets: { solver: Solver; iterations: number }[] = [
    ...[1, 2, 3, 4, 5, 10, 20].map((iterations) => ({ solver: 'multiplicative' as const, iterations })),
    ...[1, 2, 3, 5].map((iterations) => ({ solver: 'newton' as const, iterations })),
  ];
  const columns = DIVERGENCES.map((divergence) => {
    progress(`excess of ${divergence}`);
    const reach = (solver: Solver, iterations: number): number =>
      total(solveSequence({ ...problem, divergence }, frames, count, { ...options, solver, iterations }));
    const minimum = Math.min(reach('multiplicative', 1000), reach('newton', 300));
    return budgets.map(({ solver, iterations }) => 100 * (reach(solver, iterations) / minimum - 1));
  });
  return {
    title: 'Excess divergence over a converged solve, in percent',
    columns: ['solver', 'iterations', ...DIVERGENCES],
    rows: budgets.map(({ solver, iterations }, i) => [
      solver,
      iterations,
      ...columns.map((column) => Number(column[i]!.toFixed(2))),
    ]),
    notes: [
      `summed over ${count} warm-started frames of speech and noise (test/fixtures), F=${problem.bins}, K=${problem.atomCount}`,
      'the default budgets are 4 multiplicative updates and 2 Newton sweeps',
    ],
  };
}

report(speed(), excess());
