/**
 * How fast dictionaries are learned, against scikit-learn on the same frames, from the same start, on the same cores:
 *
 *     npm run bench:train [-- [--json] [--frames 8000] [--atoms 64] [--rounds 3] [--threads n] [RECORDING ...]]
 *
 * Without recordings those of test/fixtures are used, at a short hop. scikit-learn runs in python3 with the threads it takes by
 * default; where there is none, Sotto's rows stand alone.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readAudio } from '../src/cli/audio-file.ts';
import { createThreadPool } from '../src/cli/training-threads.ts';
import { readNpy, writeNpy } from '../src/dictionary/index.ts';
import { createRandom } from '../src/nmf/random.ts';
import { corpusFrames } from '../src/training/index.ts';
import type { Recording } from '../src/training/index.ts';
import { factorizeParallel } from '../src/training/parallel/parallel-factorize.ts';
import type { ParallelOptions } from '../src/training/parallel/parallel-factorize.ts';
import { gatherStatistics, trainMiniBatch } from '../src/training/streaming/train-streaming.ts';
import { median, progress, report } from './report.ts';
import type { Report } from './report.ts';

const { values, positionals } = parseArgs({
  options: {
    json: { type: 'boolean' },
    frames: { type: 'string', default: '8000' },
    atoms: { type: 'string', default: '64' },
    rounds: { type: 'string', default: '3' },
    threads: { type: 'string', default: String(availableParallelism()) },
  },
  allowPositionals: true,
});
const LAYOUT = {
  sampleRate: 16000,
  fftSize: 1024,
  windowLength: 1024,
  hop: positionals.length > 0 ? 256 : 12,
};
/** scikit-learn's default is 200. */
const ITERATIONS = [50, 100, 200];
const FIXTURES = ['speech.wav', 'speech-and-noise.wav', 'noise.wav'];
const SCRIPT = fileURLToPath(new URL('train-scikit-learn.py', import.meta.url));

interface Run {
  readonly iterations: number;
  readonly wall: number;
  readonly cpu: number;
  readonly divergence: number;
}

interface ScikitLearn {
  readonly version: string;
  readonly runs: readonly Run[];
  readonly miniBatch?: {
    readonly wall: number;
    readonly cpu: number;
    readonly epochs: number;
    readonly batch: number;
  };
}

/** The Python that has numpy and scikit-learn; the system's is tried as well. */
function findPython(): string | undefined {
  return ['python3', '/usr/bin/python3'].find(
    (python) => spawnSync(python, ['-c', 'import numpy, sklearn']).status === 0,
  );
}

const files =
  positionals.length > 0
    ? positionals
    : FIXTURES.map((name) => fileURLToPath(new URL(`../test/fixtures/${name}`, import.meta.url)));
const recordings: Recording[] = [];
for (const name of files) {
  const { channels, sampleRate } = await readAudio(name);
  recordings.push({ name, samples: channels[0]!, sampleRate });
}
const { frames: v, count, bins } = corpusFrames(recordings, LAYOUT, { maxFrames: Number(values.frames) });
const atomCount = Number(values.atoms);
const random = createRandom(1);
const atoms = Float32Array.from({ length: atomCount * bins }, () => (0.5 + random.uniform()) / bins);
const activations = Float32Array.from({ length: count * atomCount }, (_, i) => {
  const n = Math.floor(i / atomCount);
  const sum = v.subarray(n * bins, (n + 1) * bins).reduce((total, value) => total + value, 0);
  return (sum / atomCount) * (0.5 + random.uniform());
});

const pool = createThreadPool(Number(values.threads), true);
const folder = mkdtempSync(join(tmpdir(), 'sotto-bench-'));

async function timed<T>(work: () => Promise<T>): Promise<{ result: T; wall: number; cpu: number }> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const result = await work();
  const wall = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { result, wall, cpu: (user + system) / 1e6 };
}

/** From the common start, until the divergence is at most `target`. */
async function sotto(method: ParallelOptions['method'], iterations: number, target = 0): Promise<Run> {
  const options = { atomCount, atoms, activations, method: method!, iterations };
  const { result, wall, cpu } = await timed(() =>
    factorizeParallel(v, count, bins, options, pool, ({ objective }) => objective > target),
  );
  return { iterations: result.iterations, wall, cpu, divergence: result.divergence };
}

async function* pieces() {
  for (let at = 0; at < count; at += 512) {
    const to = Math.min(count, at + 512);
    yield { frames: v.slice(at * bins, to * bins), count: to - at, observedBins: bins };
  }
}

const miniBatch = (epochs: number) =>
  trainMiniBatch(pieces, { bins, atomCount, epochs, batchFrames: 256, updates: 10, forget: 0.7 }, pool);

/** The divergence with these atoms once the activations have converged. */
async function divergenceWith(learned: Float32Array): Promise<number> {
  const statistics = await gatherStatistics(pieces, learned, { bins, updates: 200 }, pool);
  return statistics!.divergence;
}

const middle = (
  runs: readonly (readonly Run[])[],
  i: number,
  what: 'wall' | 'cpu' | 'divergence' | 'iterations',
) => median(runs.map((round) => round[i]![what]));

try {
  const python = findPython();
  writeFileSync(join(folder, 'frames.npy'), writeNpy({ shape: [count, bins], data: v }));
  writeFileSync(join(folder, 'activations.npy'), writeNpy({ shape: [count, atomCount], data: activations }));
  writeFileSync(join(folder, 'atoms.npy'), writeNpy({ shape: [atomCount, bins], data: atoms }));
  // As scikit-learn's side does: the first call compiles.
  await sotto('accelerated', 10);
  const learned: ScikitLearn[] = [];
  const batch: Run[][] = [];
  const fast: Run[][] = [];
  for (let round = 0; round < Number(values.rounds); round++) {
    progress(`round ${round + 1} of ${values.rounds}`);
    const targets: number[] = [];
    if (python) {
      const { stdout, stderr, status } = spawnSync(
        python,
        [SCRIPT, folder, ITERATIONS.join(','), round === 0 ? 'mini-batch' : 'no'],
        {
          encoding: 'utf8',
        },
      );
      if (status !== 0) throw new Error(`scikit-learn failed: ${stderr}`);
      const one = JSON.parse(stdout) as ScikitLearn;
      learned.push(one);
      targets.push(...one.runs.map(({ divergence }) => divergence));
    }
    batch.push([await sotto('batch', 50), ...(round === 0 ? [await sotto('batch', 200)] : [])]);
    if (!python) targets.push(batch[0]![1]!.divergence);
    const reached: Run[] = [];
    for (const target of targets) reached.push(await sotto('accelerated', 1000, target));
    fast.push(reached);
  }
  const reports: Report[] = [];
  const rows: (string | number)[][] = [];
  const row = (name: string, runs: readonly (readonly Run[])[], i: number, against?: number): void => {
    const cpu = middle(runs, i, 'cpu');
    const wall = middle(runs, i, 'wall');
    const steps = middle(runs, i, 'iterations');
    rows.push([
      name,
      steps,
      (1000 * wall) / steps,
      wall,
      cpu,
      Math.round(middle(runs, i, 'divergence')),
      against === undefined ? '' : `${(middle(scikit, against, 'wall') / wall).toFixed(1)}x`,
      against === undefined ? '' : `${(middle(scikit, against, 'cpu') / cpu).toFixed(1)}x`,
    ]);
  };
  const scikit = learned.map(({ runs }) => runs);
  const targets = python ? ITERATIONS : [200];
  for (const [i, iterations] of targets.entries()) {
    if (python) row(`scikit-learn NMF, mu, ${iterations} iterations`, scikit, i);
    row('Sotto, accelerated, to no more than that', fast, i, python ? i : undefined);
  }
  row(
    'Sotto, batch (plain updates)',
    batch.map((round) => [round[0]!]),
    0,
  );
  row('Sotto, batch (plain updates)', [[batch[0]![1]!]], 0, python ? 2 : undefined);
  reports.push({
    title: `Kullback-Leibler, ${count} frames of ${bins} bins, ${atomCount} atoms, one common start`,
    columns: [
      'method',
      'iterations',
      'ms/iteration',
      'seconds',
      'CPU seconds',
      'divergence',
      'speed',
      'by CPU',
    ],
    rows,
    notes: [
      `median of ${values.rounds} rounds in turn; ${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), ${values.threads} threads, Node ${process.version}`,
      python
        ? `scikit-learn ${learned[0]!.version} (float32, its default threads); "speed": its seconds over Sotto's; "by CPU": its CPU seconds over Sotto's, which other work on the machine hardly moves`
        : 'scikit-learn: no python3 with numpy and sklearn here, so there is nothing to compare with',
      'seconds are of the whole call: sharing out the frames and the last evaluation are in it',
    ],
  });
  const mini: (string | number)[][] = [];
  let target = 0;
  let scikitWall = 0;
  if (python) {
    const { data } = readNpy(readFileSync(join(folder, 'mini-batch-atoms.npy')));
    target = await divergenceWith(data);
    const one = learned[0]!.miniBatch!;
    scikitWall = one.wall;
    mini.push([
      `scikit-learn MiniBatchNMF (batch ${one.batch})`,
      one.epochs,
      scikitWall,
      Math.round(target),
      '',
    ]);
  }
  if (python) {
    // What the batch method needs for atoms as good: here all activations fit into memory.
    for (let iterations = 10; ; iterations += 5) {
      const options = { atomCount, atoms, activations, iterations };
      const { result, wall } = await timed(() => factorizeParallel(v, count, bins, options, pool));
      const divergence = await divergenceWith(result.atoms);
      if (divergence > target && iterations < 200) continue;
      const speed = `${(scikitWall / wall).toFixed(1)}x`;
      mini.push([`Sotto, accelerated`, iterations, wall, Math.round(divergence), speed]);
      break;
    }
  }
  for (const epochs of [1, 2, 4, 8, 16, 32]) {
    const { result, wall } = await timed(() => miniBatch(epochs));
    const divergence = await divergenceWith(result.atoms);
    const met = python !== undefined && divergence <= target;
    const speed = met ? `${(scikitWall / wall).toFixed(1)}x` : '';
    mini.push(['Sotto, mini-batch (batch 256)', epochs, wall, Math.round(divergence), speed]);
    if (met) break;
  }
  reports.push({
    title: 'Mini-batch, to its own stop (scikit-learn) and to no more than that divergence (Sotto)',
    columns: ['method', 'epochs', 'seconds', 'divergence', 'speed'],
    rows: mini,
    notes: ['divergence: with the atoms learned, after 200 updates of all activations, the same for both'],
  });
  report(...reports);
} finally {
  pool.close();
  rmSync(folder, { recursive: true, force: true });
}
