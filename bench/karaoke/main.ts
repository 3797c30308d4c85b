/**
 * The karaoke bench: Sotto and the ways to take a voice out of a song that need no training, on songs whose stems are known. Run with
 * `npm run bench:karaoke`; `--help` lists the options.
 */
import { setFlagsFromString } from 'node:v8';
import { fileURLToPath } from 'node:url';
import { cpus } from 'node:os';
import { loadBuiltIn, loadDictionary } from '../../src/cli/load-dictionary.ts';
import { createThreadPool } from '../../src/cli/training-threads.ts';
import { loadKernel } from '../../src/kernel/index.ts';
import { PRESETS } from '../../src/presets.ts';
import { checkSplit, chooseSystems, readOptions, runBench } from '../command-line.ts';
import { progress, report } from '../report.ts';
import { evaluate } from './evaluate.ts';
import { findSongs, loadSong } from './songs.ts';
import { centreSystem } from './systems/centre.ts';
import { mixSystem } from './systems/mix.ts';
import { oracleSystem } from './systems/oracle.ts';
import { repetSim, repetSimOnline } from './systems/repet-sim.ts';
import { sideSystem } from './systems/side.ts';
import { sottoSystem } from './systems/sotto.ts';
import { studySystem } from './systems/study.ts';
import type { ShardPool } from '../../src/training/index.ts';
import type { SlowSystem, System } from './systems/system.ts';
import { tables } from './tables.ts';

const HELP = `Usage: npm run bench:karaoke -- [options]

  --data DIR         Holds test/music, or songs: folders with vocals.flac and accompaniment.flac. Default ../shared/audio.
  --split NAME       test, or train for tuning. Default test.
  --seconds N        Of each song only N seconds, those with most voice.
  --only NAMES       Systems to measure, separated by commas.
  --dictionary FILE  Sotto's dictionary. Default the built-in one, ${PRESETS.karaoke.dictionary}.
  --json             One JSON object on standard output.
`;

const OPTIONS = {
  data: { type: 'string', default: fileURLToPath(new URL('../../../shared/audio', import.meta.url)) },
  split: { type: 'string', default: 'test' },
  seconds: { type: 'string' },
  only: { type: 'string' },
  dictionary: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

const values = readOptions(OPTIONS, HELP);

/** 0: whole songs. */
function readSeconds(): number {
  if (values.seconds === undefined) return 0;
  const seconds = Number(values.seconds);
  if (Number.isFinite(seconds) && seconds >= 1) return seconds;
  throw new Error(`--seconds is ${values.seconds}; it must be a number of at least 1.`);
}

async function allSystems(pool: ShardPool): Promise<(System | SlowSystem)[]> {
  const dictionary = values.dictionary
    ? await loadDictionary(values.dictionary)
    : await loadBuiltIn(PRESETS.karaoke.dictionary);
  return [
    ...(['quality', 'balanced'] as const).map((mode) => sottoSystem({ dictionary, mode })),
    studySystem(dictionary, pool),
    sideSystem,
    centreSystem,
    repetSim,
    repetSimOnline,
    oracleSystem,
  ];
}

async function main(): Promise<void> {
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const split = checkSplit(values.split);
  // Browsers have relaxed SIMD; Node 20 has it behind this flag.
  setFlagsFromString('--experimental-wasm-relaxed-simd');
  const started = performance.now();
  const seconds = readSeconds();
  const folders = findSongs(values.data, split);
  const pool = createThreadPool(undefined, true);
  const systems = await allSystems(pool);
  const evaluation = await evaluate({
    systems: chooseSystems(systems, values.only, mixSystem.name),
    songs: folders.map((folder) => () => loadSong(folder, seconds)),
    onProgress: progress,
  }).finally(() => pool.close());
  const took = (performance.now() - started) / 1000;
  const notes = [
    `Songs at their own sample rate${seconds > 0 ? `, the ${seconds} s of each with most voice` : ''}; the voice is what is left of the song.`,
    `Kernel ${loadKernel().name}; Node ${process.version} on ${cpus()[0]?.model ?? 'an unknown CPU'}; ${took.toFixed(0)} s.`,
  ];
  if (split === 'train' && values.dictionary === undefined) {
    notes.push("The built-in dictionary was trained on some of these songs: Sotto's figures are too good.");
  }
  report(...tables(evaluation, notes));
}

await runBench(main);
