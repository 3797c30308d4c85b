import { summarizeDictionary } from '../dictionary/index.ts';
import type { AtomSummary, DictionaryFit, DictionarySummary } from '../dictionary/index.ts';
import type { Command } from './command.ts';
import { CommandError } from './errors.ts';
import { checkWritable, writeWhole } from './files.ts';
import { fitToRecording } from './fit-recording.ts';
import { heatMapPng, heatMapText } from './heat-map.ts';
import { loadDictionary } from './load-dictionary.ts';

export const inspect: Command = {
  name: 'inspect',
  summary: 'Shows what a dictionary holds, and how well it fits a recording.',
  positionals: ['D'],
  options: {
    recording: {
      type: 'string',
      short: 'r',
      value: 'FILE',
      help: 'A recording: how near its sources together come to it, and how much of it is from each.',
    },
    heatmap: {
      type: 'string',
      value: 'OUT.png',
      help: 'Draws all atoms, by rising centroid within each source.',
    },
    json: { type: 'boolean', help: 'One JSON object, with every atom.' },
  },
  async run(args, terminal) {
    const picture = args.text('heatmap');
    if (picture !== undefined) {
      if (!/\.png$/i.test(picture)) {
        throw new CommandError(
          `Cannot write ${picture}: a heat map is written as PNG, so the name must end in .png.`,
        );
      }
      await checkWritable(picture);
    }
    const dictionary = await loadDictionary(args.positionals[0]!);
    const summary = summarizeDictionary(dictionary);
    const recording = args.text('recording');
    const fit = recording === undefined ? undefined : await fitToRecording(dictionary, recording, terminal);
    if (picture !== undefined) {
      const { bytes, image } = heatMapPng(dictionary);
      await writeWhole(picture, bytes);
      terminal.detail(
        `${picture}: ${summary.sources.map(({ label }) => label).join(', ')}, from left to right by rising centroid; ` +
          `${Math.round(image.lowest)} Hz (bottom) to ${Math.round(image.highest)} Hz, logarithmic.`,
      );
    }
    if (args.has('json')) {
      terminal.print(JSON.stringify({ ...summary, ...(fit && { fit }) }));
      return;
    }
    const parts = [describe(summary)];
    if (fit) parts.push(describeFit(fit, recording!));
    if (terminal.columns !== undefined) {
      parts.push(heatMapText(dictionary, terminal.columns, !process.env['NO_COLOR']));
    }
    terminal.print(parts.join('\n\n'));
  },
};

function describeFit(fit: DictionaryFit, recording: string): string {
  const seen = fit.frames < fit.count ? `${fit.frames} of ${fit.count} frames` : `${fit.frames} frames`;
  return [
    `${recording}, ${seen}:`,
    `  error against the best flat spectrum (0 % perfect, 100 % no better): median ${percent(fit.median)}, nine in ten below ` +
      `${percent(fit.ninth)}, all together ${percent(fit.total)}`,
    `  made of: ${fit.shares.map(({ label, share }) => `${label} ${percent(share)}`).join(', ')}`,
  ].join('\n');
}

const percent = (part: number): string => `${(100 * part).toFixed(part < 0.0995 ? 1 : 0)} %`;

function describe(d: DictionarySummary): string {
  const facts: [string, string][] = [
    ['sample rate', `${d.sampleRate} Hz`],
    ['FFT', `${d.fftSize} samples, ${d.bins} bins`],
    ['window', `${d.window}, ${d.windowLength} samples (${ms(d.windowDuration)})`],
    ['hop', `${d.hop} samples (${ms(d.hopDuration)})`],
    ['fitted to', `|X|${d.exponent === 1 ? '' : `^${d.exponent}`}, ${d.divergence}`],
    ['atoms', String(d.atomCount)],
  ];
  if (d.tensors.length > 0) {
    facts.push(['tensors', d.tensors.map(({ name, shape }) => `${name} [${shape.join(' x ')}]`).join(', ')]);
  }
  for (const [key, value] of Object.entries(d.card)) if (value) facts.push([key, value]);
  const rows = [
    ['source', 'atoms', 'centroid', 'range', 'centroids of atoms', 'narrow'],
    ...d.sources.map((source) => [
      source.label,
      String(source.atomCount),
      `${Math.round(source.centroid)} Hz`,
      `${Math.round(source.lowest)} to ${Math.round(source.highest)} Hz`,
      centroids(source.atoms),
      `${source.atoms.filter(({ peakiness }) => peakiness > NARROW).length}`,
    ]),
  ];
  const indent = Math.max(...facts.map(([name]) => name.length)) + 2;
  return [
    d.name,
    '',
    ...facts.map(
      ([name, value]) => name.padEnd(indent) + value.replaceAll(/\s*\n\s*/g, `\n${' '.repeat(indent)}`),
    ),
    '',
    ...table(rows),
  ].join('\n');
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
}

/** An atom with more of its sum in one bin is a line: a hum, a pure tone. */
const NARROW = 0.25;

/** The lowest, middle and highest centroid. */
function centroids(atoms: readonly AtomSummary[]): string {
  const sorted = atoms.map(({ centroid }) => Math.round(centroid)).toSorted((a, b) => a - b);
  return `${sorted[0]} / ${sorted[Math.floor(sorted.length / 2)]} / ${sorted.at(-1)} Hz`;
}

const ms = (seconds: number): string => `${(seconds * 1000).toFixed(1)} ms`;
