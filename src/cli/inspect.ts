import { summarizeDictionary } from '../dictionary/index.ts';
import type { DictionarySummary } from '../dictionary/index.ts';
import type { Command } from './command.ts';
import { loadDictionary } from './load-dictionary.ts';

export const inspect: Command = {
  name: 'inspect',
  summary: 'Shows what a dictionary holds.',
  positionals: ['D'],
  options: { json: { type: 'boolean', help: 'One JSON object, with every atom.' } },
  async run(args, terminal) {
    const summary = summarizeDictionary(await loadDictionary(args.positionals[0]!));
    terminal.print(args.has('json') ? JSON.stringify(summary) : describe(summary));
  },
};

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
    ['source', 'atoms', 'centroid', 'range'],
    ...d.sources.map((source) => [
      source.label,
      String(source.atomCount),
      `${Math.round(source.centroid)} Hz`,
      `${Math.round(source.lowest)} to ${Math.round(source.highest)} Hz`,
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

const ms = (seconds: number): string => `${(seconds * 1000).toFixed(1)} ms`;
