import { bootstrap, mean } from '../quality/statistics.ts';
import { interval, rounded } from '../quality/tables.ts';
import { median, type Report } from '../report.ts';
import type { Evaluation, SystemResult } from './evaluate.ts';
import type { Measure } from './measures.ts';

/** One value a song: of a measure, or of what it gained over the song as it is. NaN where it is not defined. */
type Values = (system: SystemResult) => number[];

const values =
  (measure: Measure): Values =>
  (system) =>
    system.songs.map(({ measures }) => measures[measure] ?? Number.NaN);

const gain =
  ({ systems: [mix] }: Evaluation, measure: Measure): Values =>
  (system) => {
    const before = values(measure)(mix!);
    return values(measure)(system).map((value, i) => value - before[i]!);
  };

/** Mean and interval over the songs for which there is a value. */
function estimate(numbers: readonly number[], digits = 2): string {
  const defined = numbers.filter((value) => !Number.isNaN(value));
  return defined.length === 0 ? '-' : interval(bootstrap(defined), digits);
}

/** All tables of an evaluation. */
export function tables(evaluation: Evaluation, notes: readonly string[]): Report[] {
  const measured = evaluation.systems.slice(1);
  const own = measured.find(({ name }) => name.startsWith('sotto'));
  const reports = [gains(evaluation, notes), bssEval(evaluation)];
  if (own && measured.length > 1) reports.push(pairs(evaluation, own));
  return [
    ...reports,
    perSong(evaluation, 'SI-SDR gain of the backing in dB', gain(evaluation, 'backing')),
    perSong(evaluation, 'SI-SDR gain of the voice in dB', gain(evaluation, 'voice')),
    perSong(evaluation, 'Voice down in the backing, dB', values('voiceDown')),
    perSong(evaluation, 'Change of the backing in dB', values('backingChange')),
    costs(measured),
  ];
}

function gains(evaluation: Evaluation, notes: readonly string[]): Report {
  const [mix, ...measured] = evaluation.systems;
  const before = (measure: Measure): string => mean(values(measure)(mix!)).toFixed(2);
  return {
    title: `Gains over the song as it is, and what became of voice and backing: mean [95 % interval], ${evaluation.songs.length} songs`,
    columns: [
      'system',
      'backing SI-SDR dB',
      'voice SI-SDR dB',
      'voice down dB',
      'backing change dB',
      'image level error dB',
      'image phase error degrees',
    ],
    rows: measured.map((system) => [
      system.name,
      estimate(gain(evaluation, 'backing')(system)),
      estimate(gain(evaluation, 'voice')(system)),
      estimate(values('voiceDown')(system)),
      estimate(values('backingChange')(system)),
      estimate(values('imageLevel')(system)),
      estimate(values('imagePhase')(system), 1),
    ]),
    notes: [
      `mix: backing SI-SDR ${before('backing')}, voice SI-SDR ${before('voice')} dB; image error ${estimate(values('imageLevel')(mix!))} dB, ${estimate(values('imagePhase')(mix!), 1)} degrees.`,
      'Voice down and change of the backing: what the masks that a system made for the song do to each stem alone.',
      'Image error: of level and phase differences between the channels, thirds of an octave from 100 Hz to 12.5 kHz; stereo songs only.',
      ...measured.map(({ name, description }) => `${name}: ${description}.`),
      ...notes,
    ],
  };
}

function bssEval(evaluation: Evaluation): Report {
  const measures: readonly [Measure, string][] = [
    ['backingSdr', 'backing SDR'],
    ['backingSir', 'backing SIR'],
    ['backingSar', 'backing SAR'],
    ['voiceSdr', 'voice SDR'],
    ['voiceSir', 'voice SIR'],
    ['voiceSar', 'voice SAR'],
  ];
  return {
    title: 'BSS Eval in dB: mean [95 % interval]',
    columns: ['system', ...measures.map(([, title]) => title)],
    rows: evaluation.systems.map((system) => [
      system.name,
      ...measures.map(([measure]) => estimate(values(measure)(system), 1)),
    ]),
    notes: [
      'Filters of 512 taps (bss_eval_sources), a whole song at once; energies of both channels together. 80 dB is the most that is counted.',
    ],
  };
}

function pairs(evaluation: Evaluation, own: SystemResult): Report {
  const measures = ['backing', 'voice', 'backingSdr', 'voiceSdr'] as const;
  return {
    title: `${own.name} minus the others in dB, on the same songs: mean [95 % interval]`,
    columns: [
      `${own.name} minus`,
      'backing SI-SDR',
      'voice SI-SDR',
      'backing SDR',
      'voice SDR',
      'backing SI-SDR better in',
    ],
    rows: evaluation.systems
      .filter((system) => system !== own)
      .map((system) => {
        const differences = measures.map((measure) => {
          const others = values(measure)(system);
          return values(measure)(own).map((value, i) => value - others[i]!);
        });
        const better = differences[0]!.filter((value) => value > 0).length;
        return [
          system.name,
          ...differences.map((numbers) => estimate(numbers)),
          `${better} of ${evaluation.songs.length}`,
        ];
      }),
  };
}

function perSong({ songs, systems }: Evaluation, title: string, of: Values): Report {
  const measured = systems.slice(1);
  const columns = measured.map(of);
  const row = (name: string, pick: (numbers: readonly number[]) => number) => [
    name,
    ...columns.map((numbers) => rounded(pick(numbers), 2)),
  ];
  return {
    title: `${title}, per song`,
    columns: ['song', ...measured.map(({ name }) => name)],
    rows: [
      ...songs.map(({ name }, i) => row(name, (numbers) => numbers[i]!)),
      row('median', median),
      row('lowest', (numbers) => Math.min(...numbers)),
    ],
  };
}

function costs(measured: readonly SystemResult[]): Report {
  return {
    title: 'Cost and latency',
    columns: ['system', 'CPU s per s', 'latency ms'],
    rows: measured
      .filter(({ oracle }) => !oracle)
      .map(({ name, songs, latency }) => [
        name,
        rounded(mean(songs.map(({ cpu }) => cpu)), 4),
        latency === undefined ? 'the song' : latency.toFixed(1),
      ]),
    notes: [
      'CPU time of all threads for a whole song with all its channels, the mean over the songs, after a warm-up. Latency by construction, at the rate of the first song.',
    ],
  };
}
