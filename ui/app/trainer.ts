import type { Dictionary } from '../../src/dictionary/index.ts';
import type { Divergence } from '../../src/nmf/divergence.ts';
import { MAX_SOURCES } from '../../src/parameters.ts';
import { frameLayout, type LatencyMode } from '../../src/separator/latency-modes.ts';
import type { TrainingLayout, TrainingProgress, TrainingResult } from '../../src/training/index.ts';
import { MicrophoneCapture } from './capture.ts';
import { plainLabel, type DictionaryShelf } from './dictionary-shelf.ts';
import { nameFor, planFor, type Plan, type Task } from './learning-plan.ts';
import { titled } from '../shared/text.ts';
import { microphoneMessage, textOf } from './plain-errors.ts';
import { adviceFor, makeTake, takeOfFile, type Advice, type Take } from './takes.ts';
import { Cancelled, TrainingRun } from './training-client.ts';

/** Of the session, what a training needs. */
export interface TrainerHost {
  readonly shelf: DictionaryShelf;
  readonly dictionary: Dictionary | undefined;
  readonly dictionaryId: string;
  readonly sampleRate: number | undefined;
  readonly settings: { readonly mode: LatencyMode; readonly deviceId: string };
  chooseDictionary(id: string): Promise<void>;
  /** Keeps the loudspeakers quiet, so that the microphone does not learn them. */
  hush(hushed: boolean): void;
  notify(kind: 'error' | 'info', text: string): void;
}

/** A source to be learned. */
export interface Draft {
  readonly id: number;
  label: string;
  readonly takes: Take[];
}

export interface Capture {
  readonly draft: Draft;
  /** Undefined while the microphone is being opened. */
  readonly recorder: MicrophoneCapture | undefined;
  /** Linear peak of the newest block. */
  readonly peak: number;
  readonly seconds: number;
}

export interface Curve {
  readonly label: string;
  /** Fraction of the training and divergence per frame, one after the other. */
  readonly points: number[];
}

export interface Progress {
  readonly name: string;
  /** Of the sources that are learned. */
  readonly labels: readonly string[];
  readonly startedAt: number;
  fraction: number;
  latest: TrainingProgress | undefined;
  readonly curves: Curve[];
  /** Seconds; undefined until it can be told. */
  secondsLeft: number | undefined;
}

export interface Learned {
  readonly id: string;
  readonly seconds: number;
  readonly result: TrainingResult;
  /** Names of the recordings that could not be used. */
  readonly leftOut: readonly string[];
  readonly curves: readonly Curve[];
}

export interface TrainingOptions {
  /** Atoms per source. */
  atomCount: number;
  divergence: Divergence;
  iterations: number;
}

/** Characters of a source's label. */
const LONGEST_SOURCE = 60;

const isUsable = ({ problem }: Take): boolean => problem === undefined;

/** Longest recording of the microphone, in seconds. */
export const LONGEST_CAPTURE = 20;
export const OPTION_LIMITS = { atomCount: [4, 256], iterations: [5, 500] } as const;

/**
 * Learning dictionaries: what is to be learned, the takes, the training under way, and what came of it.
 *
 * @fires change - anything shown has changed
 * @fires level - {@link Trainer.capture} has a new peak
 */
export class Trainer extends EventTarget {
  task: Task = 'noise';
  readonly options: TrainingOptions = { atomCount: 64, divergence: 'kullback-leibler', iterations: 60 };
  /** '' is a name made from the sources. */
  name = '';
  capture: Capture | undefined;
  progress: Progress | undefined;
  learned: Learned | undefined;
  /** Why the last training failed. */
  failure: string | undefined;
  readonly #host: TrainerHost;
  #count = 0;
  readonly #drafts: Record<Task, Draft[]> = {
    noise: [this.#draft('noise')],
    voice: [this.#draft('voice')],
    sources: [this.#draft(''), this.#draft('')],
  };
  #run: TrainingRun | undefined;

  constructor(host: TrainerHost) {
    super();
    this.#host = host;
  }

  get drafts(): readonly Draft[] {
    return this.#drafts[this.task];
  }

  /** What stays beside the learned source; undefined for sources of one's own. */
  get plan(): Plan | undefined {
    if (this.task === 'sources') return undefined;
    const { dictionaryId: id, dictionary, shelf } = this.#host;
    const sources = dictionary?.sources.map(({ label }) => label) ?? [];
    return planFor(this.task, { id, name: shelf.label(id), sources });
  }

  get suggestedName(): string {
    const { plan } = this;
    if (plan) return nameFor(this.task, plan.kept);
    const labels = this.drafts.map(({ label }) => label.trim()).filter(Boolean);
    return labels.length > 0 ? plainLabel(nameFor('sources', labels)) : 'My sources';
  }

  /** Hz, of the grid on which will be learned. */
  get layoutRate(): number {
    const { plan } = this;
    const inUse = plan?.id === this.#host.dictionaryId ? this.#host.dictionary : undefined;
    return inUse?.sampleRate ?? this.#host.sampleRate ?? 48000;
  }

  advice(take: Take): Advice | undefined {
    return adviceFor(take, this.layoutRate);
  }

  /** What is still missing before a training can start; undefined when nothing is. */
  get missing(): string | undefined {
    const { drafts } = this;
    if (this.task === 'sources') {
      const labels = drafts.map(({ label }) => label.trim().toLowerCase());
      const nameless = labels.indexOf('');
      if (nameless >= 0) return `Give source ${nameless + 1} a name.`;
      const twice = drafts.find(({ label }, i) => labels.indexOf(label.trim().toLowerCase()) < i);
      if (twice) return `Two sources are called “${twice.label.trim()}”. Give each its own name.`;
    }
    const empty = drafts.find(({ takes }) => !takes.some(isUsable));
    if (!empty) return undefined;
    const what = this.task === 'sources' ? `“${empty.label.trim()}”` : `the ${this.task}`;
    return empty.takes.length > 0
      ? `No recording of ${what} can be used: record another one.`
      : `Record ${what}, or drop recordings of it.`;
  }

  chooseTask(task: Task): void {
    this.task = task;
    this.learned = undefined;
    this.failure = undefined;
    this.name = '';
    this.changed();
  }

  addSource(): void {
    if (this.#drafts.sources.length < MAX_SOURCES) this.#drafts.sources.push(this.#draft(''));
    this.changed();
  }

  removeSource(draft: Draft): void {
    const { sources } = this.#drafts;
    if (sources.length > 1 && this.capture?.draft !== draft) sources.splice(sources.indexOf(draft), 1);
    this.changed();
  }

  renameSource(draft: Draft, label: string): void {
    draft.label = label;
    this.changed();
  }

  async addFiles(draft: Draft, files: readonly File[]): Promise<void> {
    for (const file of files) {
      draft.takes.push(await takeOfFile(file));
      this.changed();
    }
  }

  removeTake(draft: Draft, take: Take): void {
    draft.takes.splice(draft.takes.indexOf(take), 1);
    this.changed();
  }

  /** Starts a recording of the microphone, or ends the one under way. */
  async toggleCapture(draft: Draft): Promise<void> {
    if (this.capture) return this.#endCapture();
    const capture: { -readonly [K in keyof Capture]: Capture[K] } = {
      draft,
      recorder: undefined,
      peak: 0,
      seconds: 0,
    };
    this.capture = capture;
    this.#host.hush(true);
    this.changed();
    try {
      const recorder = await MicrophoneCapture.start(this.#host.settings.deviceId, (peak) => {
        if (!capture.recorder || this.capture !== capture) return;
        capture.peak = peak;
        capture.seconds = capture.recorder.seconds;
        this.dispatchEvent(new Event('level'));
        if (capture.seconds >= LONGEST_CAPTURE) void this.#endCapture();
      });
      if (this.capture !== capture) return void recorder.stop();
      capture.recorder = recorder;
      recorder.onLost = () => void this.#endCapture();
      this.changed();
    } catch (error) {
      if (this.capture !== capture) return;
      this.capture = undefined;
      this.#host.hush(false);
      this.#host.notify('error', microphoneMessage(error));
      this.changed();
    }
  }

  async #endCapture(): Promise<void> {
    const { capture } = this;
    this.capture = undefined;
    this.#host.hush(false);
    this.changed();
    if (!capture?.recorder) return;
    const { samples, sampleRate } = await capture.recorder.stop();
    const { takes } = capture.draft;
    const number = takes.filter(({ recording }) => recording.name.startsWith('Take ')).length + 1;
    takes.push(makeTake({ name: `Take ${number}`, samples, sampleRate }));
    this.changed();
  }

  /** Learns from the takes, keeps the dictionary and uses it. The one in use plays on until then, and after a failure. */
  async start(): Promise<void> {
    if (this.missing !== undefined || this.progress || this.capture) return;
    const { shelf } = this.#host;
    const { plan, drafts } = this;
    const name = shelf.freeLabel(plainLabel(this.name) || this.suggestedName);
    const startedAt = performance.now();
    const labels = drafts.map(({ label }) => plan?.label ?? plainLabel(label).slice(0, LONGEST_SOURCE));
    const progress: Progress = {
      name,
      labels,
      startedAt,
      fraction: 0,
      latest: undefined,
      curves: [],
      secondsLeft: undefined,
    };
    this.progress = progress;
    this.learned = undefined;
    this.failure = undefined;
    this.changed();
    try {
      const base = plan && (await shelf.open(plan.id));
      const sources = drafts.map((draft, i) => ({
        label: labels[i]!,
        recordings: draft.takes.filter(isUsable).map(({ recording }) => recording),
        atomCount: this.options.atomCount,
      }));
      const { divergence, iterations } = this.options;
      const card = this.#card(base);
      const settings = { name, layout: this.#layout(), divergence, iterations, card };
      this.#run = new TrainingRun({ sources, settings, base }, (report) => this.#report(progress, report));
      const result = await this.#run.result;
      const kept = await shelf.keep(result.dictionary);
      if (kept.warning) this.#host.notify('info', kept.warning);
      await this.#host.chooseDictionary(kept.id);
      const seconds = (performance.now() - startedAt) / 1000;
      const leftOut = drafts.flatMap(({ takes }) =>
        takes.flatMap((take) => (isUsable(take) ? [] : [take.recording.name])),
      );
      this.learned = { id: kept.id, seconds, result, leftOut, curves: progress.curves };
      this.name = '';
    } catch (error) {
      if (!(error instanceof Cancelled)) this.failure = textOf(error);
    } finally {
      this.#run = undefined;
      this.progress = undefined;
      this.changed();
    }
  }

  /** The dictionary in use plays on. */
  cancel(): void {
    this.#run?.cancel();
  }

  /** Uses what has been reached so far. */
  finish(): void {
    this.#run?.finish();
  }

  /** Back to the takes, to learn another one. */
  again(): void {
    this.learned = undefined;
    this.failure = undefined;
    this.changed();
  }

  #report(progress: Progress, report: TrainingProgress): void {
    progress.latest = report;
    progress.fraction = report.fraction;
    let curve = progress.curves.find(({ label }) => label === report.label);
    if (!curve) progress.curves.push((curve = { label: report.label, points: [] }));
    curve.points.push(report.fraction, report.objective);
    const elapsed = (performance.now() - progress.startedAt) / 1000;
    if (report.fraction > 0.02) progress.secondsLeft = (elapsed * (1 - report.fraction)) / report.fraction;
    this.changed();
  }

  #card(base: Dictionary | undefined): Dictionary['card'] {
    const takes = this.drafts.flatMap((draft) => draft.takes.filter(isUsable));
    const seconds = takes.reduce((sum, take) => sum + take.seconds, 0);
    const count = `${takes.length} recording${takes.length === 1 ? '' : 's'}, ${seconds.toFixed(0)} s`;
    const { plan } = this;
    return {
      description: plan
        ? `${titled(plan.kept.join(', '))} of “${plan.name}”; ${plan.label} learned here from ${count}`
        : `Learned here from ${count}`,
      data: [plan && base?.card.data, 'recordings of the user’s own'].filter(Boolean).join('; '),
      ...(plan && base?.card.licence ? { licence: base.card.licence } : {}),
      created: new Date().toISOString().slice(0, 10),
    };
  }

  /** The grid of the mode in use, so that nothing needs to be resampled. */
  #layout(): TrainingLayout {
    const { settings, sampleRate } = this.#host;
    return frameLayout(settings.mode, sampleRate ?? 48000);
  }

  #draft(label: string): Draft {
    return { id: ++this.#count, label, takes: [] };
  }

  changed(): void {
    this.dispatchEvent(new Event('change'));
  }
}
