import { selectSources } from '../dictionary/index.ts';
import type { Dictionary } from '../dictionary/index.ts';
import { loadKernel } from '../kernel/index.ts';
import { atomCountForVariance } from '../nmf/initialization.ts';
import { corpusFrames, refineOnMixtures } from '../training/index.ts';
import type { Recording } from '../training/index.ts';
import { trainDictionaryParallel } from '../training/train-parallel.ts';
import type { LabelledAtoms } from '../training/train-dictionary.ts';
import { CommandError } from './errors.ts';
import { loadDictionary } from './load-dictionary.ts';
import type { TrainJob } from './train.ts';
import type { Trained } from './train-stream.ts';
import { readRecordings } from './training-recordings.ts';

/** All recordings in memory; every frame is seen in every iteration. */
export async function trainBatch({ plan, sources, pool, args, terminal, name }: TrainJob): Promise<Trained> {
  const fixed = await fixedSources(args.texts('fixed'), plan.layout);
  const materials = [];
  for (const { label, atomCount, files } of sources) {
    const recordings: Recording[] = [];
    for await (const recording of readRecordings(files, terminal)) recordings.push(recording);
    if (recordings.length === 0) throw new CommandError(`No recording of "${label}" can be used.`);
    const count =
      plan.variance === undefined ? atomCount : atomsFor(recordings, atomCount, plan.variance, plan);
    if (count !== atomCount)
      terminal.note(`${label}: ${count} atoms explain ${plan.variance} of the variance.`);
    materials.push({ label, atomCount: count, recordings });
  }
  const { layout, divergence, exponent, iterations, tolerance, method, start, restarts, sparsity, seed } =
    plan;
  const settings = { name, layout, divergence, exponent, iterations, tolerance, method, start, restarts };
  const result = await trainDictionaryParallel(
    materials,
    { ...settings, sparsity, seed, fixed, corpus: { maxFrames: plan.maxFrames } },
    pool,
    ({ label, fraction, objective }) =>
      terminal.progress('Training', fraction, `${label}, divergence ${objective.toPrecision(4)} per frame`),
  );
  terminal.progress('Training', 1, '');
  for (const { message } of result.messages) terminal.note(message);
  return {
    dictionary: plan.refine ? refined(result.dictionary, materials, seed, terminal) : result.dictionary,
    sources: result.sources.map(({ label, frames, divergence: left }) => ({
      label,
      frames,
      left: `${(100 * left).toFixed(1)} % of the divergence of flat spectra left`,
    })),
  };
}

function atomsFor(
  recordings: readonly Recording[],
  most: number,
  variance: number,
  { layout, exponent, seed }: TrainJob['plan'],
): number {
  const { frames, count, bins } = corpusFrames(recordings, layout, { maxFrames: 2000, exponent, seed });
  return atomCountForVariance(frames, count, bins, variance, most, seed);
}

function refined(
  dictionary: Dictionary,
  materials: readonly { readonly label: string; readonly recordings: readonly Recording[] }[],
  seed: number,
  terminal: TrainJob['terminal'],
): Dictionary {
  const { factory } = loadKernel();
  const result = refineOnMixtures(dictionary, materials, {
    createKernel: factory,
    seed,
    onProgress: ({ fraction }) => terminal.progress('Refining', fraction, ''),
  });
  terminal.progress('Refining', 1, '');
  const [before] = result.history;
  terminal.detail(
    `Error on mixtures: ${before!.toPrecision(3)} before, ${result.objective.toPrecision(3)} after.`,
  );
  return result.dictionary;
}

/** "D:LABEL", each a source of a dictionary file (or a built-in one) that must stand on the layout's grid. */
export async function fixedSources(
  texts: readonly string[],
  layout: { readonly sampleRate: number; readonly fftSize: number },
): Promise<LabelledAtoms[]> {
  const parts: LabelledAtoms[] = [];
  for (const text of texts) {
    const at = text.lastIndexOf(':');
    if (at < 1 || at === text.length - 1) {
      throw new CommandError(
        `--fixed is "${text}"; it must be D:LABEL, a dictionary and one of its sources, as in voice.safetensors:voice.`,
      );
    }
    const [file, label] = [text.slice(0, at), text.slice(at + 1)];
    const dictionary = await loadDictionary(file);
    checkGrid(dictionary, layout, file);
    if (!dictionary.sources.some((source) => source.label === label)) {
      const labels = dictionary.sources.map((source) => source.label).join(', ');
      throw new CommandError(`--fixed names "${label}"; ${file} has the sources ${labels}.`);
    }
    parts.push({ label, atoms: selectSources(dictionary, [label]).atoms });
  }
  return parts;
}

export function checkGrid(
  { sampleRate, fftSize }: Dictionary,
  layout: { readonly sampleRate: number; readonly fftSize: number },
  file: string,
): void {
  if (sampleRate === layout.sampleRate && fftSize === layout.fftSize) return;
  throw new CommandError(
    `${file} is at ${sampleRate} Hz with FFT ${fftSize}, and ${layout.sampleRate} Hz with ${layout.fftSize} is asked for: ` +
      `give --sample-rate ${sampleRate} --fft-size ${fftSize}.`,
  );
}
