import type { Dictionary, DictionaryFormat, Source } from '../../src/dictionary/index.ts';
import type { KernelName } from '../../src/kernel/kernel.ts';
import type { FaultEvent, MeterEvent } from '../../src/node/events.ts';
import { gainName, MAX_SOURCES } from '../../src/parameters.ts';
import { frameLayout, type LatencyMode } from '../../src/separator/latency-modes.ts';
import type { MeterSnapshot } from '../../src/separator/meters.ts';
import { DictionaryShelf } from './dictionary-shelf.ts';
import { downloadDictionary } from './export.ts';
import { type Engine, openContext, openEngine } from './engine.ts';
import { Karaoke } from './karaoke.ts';
import { listMicrophones, openMicrophone, stopStream } from './microphone.ts';
import { openTabAudio } from './tab-audio.ts';
import { Mix } from './mix.ts';
import {
  dictionaryMessage,
  fileMessage,
  INSECURE_MESSAGE,
  microphoneMessage,
  textOf,
} from './plain-errors.ts';
import { Player } from './player.ts';
import { PRESETS, type PresetId } from './presets.ts';
import { Recorder, type Recording } from './recorder.ts';
import { loadSettings, saveSettings, type Settings } from './settings.ts';
import { SourceDeck } from './source-deck.ts';
import { Trainer } from './trainer.ts';

export type Status = 'idle' | 'starting' | 'playing' | 'paused';

export interface Notice {
  readonly kind: 'error' | 'info';
  readonly text: string;
  /** Something that can be done about it. */
  readonly action?: { readonly label: string; run(): void };
}

/** Longest wait, in ms, for a context that the browser keeps suspended until the page is touched. */
const RESUME_WAIT = 1000;
/** Shortest time, in ms, between two notices of a fault in the separation. */
const FAULT_INTERVAL = 10_000;

/**
 * The audio of the app: context, source, separator, output. Knows nothing of how it is shown.
 *
 * A new source or dictionary is opened completely before the old one goes, so that a failure leaves the sound as it was.
 *
 * @fires change - anything shown has changed
 * @fires meters - {@link AudioSession.meters} is new; its arrays are gone after the event, so copy what is to be kept
 * @fires notice - CustomEvent<Notice>: something to tell the user
 */
export class AudioSession extends EventTarget {
  readonly settings: Settings = loadSettings();
  readonly shelf = new DictionaryShelf();
  readonly deck = new SourceDeck();
  readonly mix = new Mix(this.settings.parameters);
  readonly trainer = new Trainer(this);
  readonly karaoke = new Karaoke(this);
  status: Status = 'idle';
  microphones: { id: string; label: string }[] = [];
  meters: MeterSnapshot | undefined;
  dictionary: Dictionary | undefined;
  dictionaryId: string;
  recording: Recording | undefined;
  /** Asked once, before a microphone is first heard through the speakers: as the source, or to sing with it. */
  askForHeadphones: ((use: 'listen' | 'sing') => Promise<'yes' | 'no' | 'cancel'>) | undefined;
  /** Asked for a dictionary file that does not say its sample rate: Hz, or undefined to leave it. */
  askForSampleRate: ((fileName: string) => Promise<number | undefined>) | undefined;

  #context: AudioContext | undefined;
  #opening: Promise<Engine> | undefined;
  #engine: Engine | undefined;
  #recorder: Recorder | undefined;
  /** Counts choices, so that of two that overlap only the last is carried out. */
  #sourceChoice = 0;
  #dictionaryChoice = 0;
  #saving: ReturnType<typeof setTimeout> | undefined;
  #lastFault = -Infinity;
  #mutedForMicrophone = false;
  #hushed = false;
  /** Presets on their way. */
  #applying = 0;

  constructor() {
    super();
    const preset = PRESETS[this.settings.preset];
    this.dictionaryId = preset.dictionary;
    this.deck.announce('demo', preset.demo.name, preset.demo.credit);
    this.trainer.addEventListener('change', () => this.#changed());
    this.karaoke.addEventListener('change', () => this.#changed());
    addEventListener('pagehide', () => saveSettings(this.settings));
    void this.#openFirst();
  }

  /** What is heard, at full level, as a stream for a call or a recorder; undefined until something has been started. */
  get stream(): MediaStream | undefined {
    return this.#engine?.stream;
  }

  /** Whether the atoms in use were brought onto another grid of frequencies. */
  get resampled(): boolean {
    return this.#engine?.separator.resampled ?? false;
  }

  get sources(): readonly Source[] {
    return this.dictionary?.sources ?? [];
  }

  /** Hz; undefined until a context is open. */
  get sampleRate(): number | undefined {
    return this.#context?.sampleRate;
  }

  /** Of the separation, in seconds. */
  get latency(): number {
    const rate = this.sampleRate ?? 48000;
    return (this.#engine?.separator.latency ?? frameLayout(this.settings.mode, rate).latency) / rate;
  }

  /** Of the browser and the device, in seconds; undefined where it is not known. */
  get contextLatency(): number | undefined {
    const { baseLatency = 0, outputLatency = 0 } = this.#context ?? {};
    return baseLatency + outputLatency > 0 ? baseLatency + outputLatency : undefined;
  }

  /** Undefined until the separator runs. */
  get kernel(): KernelName | undefined {
    return this.#engine?.separator.kernel;
  }

  get kernelReason(): string {
    return this.#engine?.separator.kernelReason ?? '';
  }

  get recordingSeconds(): number | undefined {
    return this.#recorder?.seconds;
  }

  /** The preset's values have been altered. */
  get modified(): boolean {
    const { mode, dictionary, parameters } = PRESETS[this.settings.preset];
    const altered = ([name, value]: [string, number]) => name !== 'bypass' && this.mix.value(name) !== value;
    if (this.#applying > 0) return false;
    return (
      mode !== this.settings.mode ||
      dictionary !== this.dictionaryId ||
      Object.entries(parameters).some(altered)
    );
  }

  /** The running engine, for what joins it: opened where it is not yet. Rejects with a message for the user. */
  async wake(): Promise<Engine> {
    const engine = await this.#open();
    await this.#resume(engine.context);
    return engine;
  }

  // Source and transport

  /** Starts or goes on with the chosen source. */
  async play(): Promise<void> {
    if (this.status === 'starting' || this.status === 'playing') return;
    if (this.deck.kind === 'microphone') return this.useMicrophone();
    if (this.deck.kind === 'tab') return this.useTab();
    const { player } = this.deck;
    if (!player) return this.useDemo();
    await this.#start(async () => () => player.play());
  }

  /** A microphone is released; a file keeps its position. */
  pause(): void {
    this.#sourceChoice++;
    this.deck.stop();
    this.#setStatus('paused');
  }

  toggle(): void {
    if (this.status === 'playing') this.pause();
    else void this.play();
  }

  seek(seconds: number): void {
    this.deck.player?.seek(seconds);
    this.#changed();
  }

  setLoop(loop: boolean): void {
    this.settings.loop = loop;
    if (this.deck.player) this.deck.player.loop = loop;
    this.#changed();
  }

  /** Chooses the clip or the microphone without starting it; whatever sounded stops. */
  select(kind: 'demo' | 'microphone'): void {
    const { demo } = PRESETS[this.settings.preset];
    this.#sourceChoice++;
    if (kind === 'demo') this.deck.announce(kind, demo.name, demo.credit);
    else this.deck.announce(kind, 'Microphone', '');
    this.#setStatus('idle');
  }

  async useDemo(): Promise<void> {
    const { demo } = PRESETS[this.settings.preset];
    await this.#start(async (engine) => {
      const response = await fetch(demo.url);
      if (!response.ok) throw new Error(`The demo clip could not be fetched (${response.status}).`);
      const clip = await response.blob();
      const buffer = await engine.context.decodeAudioData(await clip.arrayBuffer());
      return () => this.#playBuffer(engine, buffer, clip, 'demo', demo.name, demo.credit);
    });
  }

  /** Plays a file. */
  async useFile(file: File): Promise<void> {
    await this.#start(async (engine) => {
      const bytes = await file.arrayBuffer();
      const buffer = await engine.context.decodeAudioData(bytes).catch(() => {
        throw new Error(fileMessage(file.name));
      });
      return () => this.#playBuffer(engine, buffer, file, 'file', file.name, '');
    });
  }

  /** Opens a microphone; without an id, the one used last. */
  async useMicrophone(deviceId = this.settings.deviceId): Promise<void> {
    if (isSecureContext && !(await this.#headphonesAnswered())) return;
    await this.#start(async (engine, abandon) => {
      const stream = await openMicrophone(deviceId).catch((error: unknown) => {
        throw new Error(microphoneMessage(error));
      });
      abandon(() => stopStream(stream));
      this.settings.deviceId = stream.getAudioTracks()[0]?.getSettings().deviceId ?? '';
      this.microphones = await listMicrophones();
      return () => {
        this.karaoke.leaveSong();
        this.deck.openStream('microphone', engine, stream, () => {
          this.pause();
          this.notify('error', 'The microphone was unplugged or taken away.');
        });
        if (this.settings.headphones === 'no' && !this.settings.speakersMuted) {
          this.#mutedForMicrophone = true;
          this.#pushVolume();
        }
      };
    });
  }

  /** What another tab, or the whole computer, plays. */
  async useTab(): Promise<void> {
    await this.#start(async (engine, abandon) => {
      const stream = await openTabAudio();
      abandon(() => stopStream(stream));
      return () => {
        this.karaoke.leaveSong();
        this.deck.openStream('tab', engine, stream, () => {
          this.pause();
          this.notify('info', 'The other tab is no longer shared.');
        });
      };
    });
  }

  // Controls

  setParameter(name: string, value: number): void {
    this.mix.set(name, value);
    this.#push();
  }

  setBypass(bypass: boolean): void {
    this.mix.bypass = bypass;
    this.#push();
  }

  toggleMute(source: number): void {
    this.mix.toggle(this.mix.muted, source);
    this.#push();
  }

  toggleSolo(source: number): void {
    this.mix.toggle(this.mix.soloed, source);
    this.#push();
  }

  /**
   * Sets parameters, mode and dictionary of a preset; a demo clip changes to the one that goes with it. The faders move when the dictionary
   * is in use, because until then they are those of other sources.
   */
  async applyPreset(id: PresetId): Promise<void> {
    const preset = PRESETS[id];
    const other = id !== this.settings.preset;
    this.settings.preset = id;
    this.#applying++;
    if (other && this.deck.kind === 'demo') {
      const sounding = this.status === 'playing' || this.status === 'starting';
      if (sounding) void this.useDemo();
      else this.select('demo');
    }
    await this.setMode(preset.mode);
    await this.chooseDictionary(preset.dictionary, true);
    this.#applying--;
    // Faders of sources that could not be loaded would take away the wrong ones.
    if (this.settings.preset === id && this.dictionaryId === preset.dictionary) {
      Object.assign(this.mix.values, preset.parameters);
      this.mix.clear();
    }
    this.#push();
  }

  async setMode(mode: LatencyMode): Promise<void> {
    const before = this.settings.mode;
    if (mode === before) return;
    this.settings.mode = mode;
    this.#changed();
    try {
      await this.#engine?.separator.setMode(mode);
    } catch (error) {
      this.settings.mode = before;
      this.notify('error', `The mode could not be changed. ${textOf(error)}`);
    }
    this.#changed();
  }

  /** Puts a dictionary file on the shelf and uses it. One without a sample rate is asked for it. */
  async loadDictionaryFile(file: File, sampleRate?: number): Promise<void> {
    try {
      const kept = await this.shelf.add(file, sampleRate === undefined ? {} : { sampleRate });
      if (kept.warning) this.notify('info', kept.warning);
      await this.chooseDictionary(kept.id);
    } catch (error) {
      if (sampleRate === undefined && this.askForSampleRate && textOf(error).includes('option sampleRate')) {
        const answer = await this.askForSampleRate(file.name);
        if (answer !== undefined) await this.loadDictionaryFile(file, answer);
        return;
      }
      this.notify('error', dictionaryMessage(file.name, error));
    }
  }

  async renameDictionary(id: string, label: string): Promise<void> {
    try {
      const { warning } = await this.shelf.rename(id, label);
      if (warning) this.notify('info', warning);
    } catch (error) {
      this.notify('error', dictionaryMessage(this.shelf.label(id), error));
    }
    this.#changed();
  }

  /** Takes one of the user's dictionaries away; where it was in use, that of the preset takes its place. It can be undone for a while. */
  async removeDictionary(id: string): Promise<void> {
    const label = this.shelf.label(id);
    const inUse = id === this.dictionaryId;
    try {
      const putBack = await this.shelf.remove(id);
      if (inUse) await this.chooseDictionary(PRESETS[this.settings.preset].dictionary);
      const run = async () => {
        await putBack();
        if (inUse) await this.chooseDictionary(id);
        this.#changed();
      };
      this.notify('info', `“${label}” was deleted.`, { label: 'Undo', run: () => void run() });
    } catch (error) {
      this.notify('error', dictionaryMessage(label, error));
    }
    this.#changed();
  }

  /** Hands a dictionary to the user as a file. */
  async exportDictionary(id: string, format: DictionaryFormat): Promise<void> {
    const label = this.shelf.label(id);
    try {
      downloadDictionary(await this.shelf.open(id), label, format);
    } catch (error) {
      this.notify('error', `“${label}” could not be exported. ${textOf(error)}`);
    }
  }

  /**
   * Uses a dictionary of the shelf. With `keepGains` the faders stay; otherwise, where its sources are others, they go to the values of
   * the preset that has this dictionary, or to 0 dB.
   */
  async chooseDictionary(id: string, keepGains = false): Promise<void> {
    const choice = ++this.#dictionaryChoice;
    try {
      const dictionary = await this.shelf.open(id);
      if (choice !== this.#dictionaryChoice) return;
      // Also when it seems to be in use: another one may be on its way there.
      if (this.#engine) await this.#engine.separator.loadDictionary(dictionary);
      const labels = (from?: Dictionary) => from?.sources.map(({ label }) => label).join('\n');
      if (!keepGains && labels(dictionary) !== labels(this.dictionary)) {
        const preset = Object.values(PRESETS).find(({ dictionary: own }) => own === id);
        for (let source = 0; source < MAX_SOURCES; source++) {
          this.mix.set(gainName(source), preset?.parameters[gainName(source)] ?? 0);
        }
        this.mix.clear();
      }
      this.dictionary = dictionary;
      this.dictionaryId = id;
      this.settings.dictionary = id;
      this.#push();
    } catch (error) {
      this.notify('error', dictionaryMessage(this.shelf.label(id), error));
      this.#changed();
    }
  }

  /** Sets faders, with none muted or soloed. Values in dB, by source. */
  setGains(gains: readonly number[]): void {
    for (const [source, gain] of gains.entries()) this.mix.set(gainName(source), gain);
    this.mix.clear();
    this.#push();
  }

  /** Uses a dictionary that is not on the shelf, until another one is chosen. The faders stay. */
  async useDictionary(dictionary: Dictionary, name: string): Promise<void> {
    this.#dictionaryChoice++;
    try {
      if (this.#engine) await this.#engine.separator.loadDictionary(dictionary);
      this.dictionary = dictionary;
      this.#push();
    } catch (error) {
      this.notify('error', dictionaryMessage(name, error));
    }
  }

  setVolume(volume: number): void {
    this.settings.volume = Math.min(1, Math.max(0, volume));
    this.#pushVolume();
  }

  /** Keeps the loudspeakers quiet while a recording is made; headphones are not heard by a microphone. */
  hush(hushed: boolean): void {
    this.#hushed = hushed && this.settings.headphones !== 'yes';
    this.#pushVolume();
  }

  /** Muted by the user, or because a microphone would feed back. */
  get speakersMuted(): boolean {
    return this.settings.speakersMuted || this.#mutedForMicrophone;
  }

  setSpeakersMuted(muted: boolean): void {
    this.settings.speakersMuted = muted;
    // To unmute a microphone by hand is to say that it may be heard.
    if (!muted && this.#mutedForMicrophone) this.settings.headphones = 'yes';
    this.#mutedForMicrophone = false;
    this.#pushVolume();
  }

  /** Starts or ends a recording of what is heard. */
  async toggleRecording(): Promise<void> {
    try {
      const recorder = this.#recorder;
      if (recorder) {
        this.#recorder = undefined;
        if (this.recording) URL.revokeObjectURL(this.recording.url);
        this.recording = await recorder.stop();
      } else {
        const { stream } = await this.#open();
        this.#recorder = new Recorder(stream);
      }
    } catch (error) {
      this.notify('error', `Recording did not work. ${textOf(error)}`);
    }
    this.#changed();
  }

  /** The dictionary of the last visit, where it is still there. */
  async #openFirst(): Promise<void> {
    await this.shelf.ready;
    const { dictionary } = this.settings;
    if (this.#dictionaryChoice > 0) return this.#changed();
    await this.chooseDictionary(this.shelf.has(dictionary) ? dictionary : this.dictionaryId, true);
  }

  async #headphonesAnswered(): Promise<boolean> {
    const { settings } = this;
    if (settings.headphones === 'unasked' && !settings.speakersMuted && this.askForHeadphones) {
      const answer = await this.askForHeadphones('listen');
      if (answer === 'cancel') return false;
      settings.headphones = answer;
    }
    return true;
  }

  /** The separator, context and stream; opened at the first call, which should come from a click or a key. */
  #open(): Promise<Engine> {
    if (!this.#opening) {
      this.#opening = this.#build();
      this.#opening.catch(() => (this.#opening = undefined));
    }
    return this.#opening;
  }

  async #build(): Promise<Engine> {
    if (!isSecureContext) throw new Error(INSECURE_MESSAGE);
    this.#context ??= openContext();
    const dictionary = this.dictionary ?? (await this.shelf.open(this.dictionaryId));
    const { mode } = this.settings;
    const engine = await openEngine(this.#context, dictionary, mode, this.mix.effective());
    engine.separator.addEventListener('meters', (event) => {
      this.meters = event as MeterEvent;
      this.dispatchEvent(new Event('meters'));
    });
    const changed = () => this.#changed();
    for (const type of ['kernel', 'modechange', 'dictionarychange']) {
      engine.separator.addEventListener(type, changed);
    }
    engine.separator.addEventListener('fault', (event) => this.#fault(event as FaultEvent));
    this.#engine = engine;
    this.karaoke.connect(engine);
    this.#pushVolume();
    // A choice may have been made while the engine was opening.
    if (mode !== this.settings.mode) await engine.separator.setMode(this.settings.mode);
    if (this.dictionary && this.dictionary !== dictionary)
      await engine.separator.loadDictionary(this.dictionary);
    this.#push();
    return engine;
  }

  /**
   * Opens a source with `prepare`, and starts it by what that returns, unless another one was chosen meanwhile. When it fails, the
   * reason is told and the old source sounds on. What `prepare` hands to `abandon` is done when the source does not come to be used.
   */
  async #start(
    prepare: (engine: Engine, abandon: (release: () => void) => void) => Promise<() => void>,
  ): Promise<void> {
    const choice = ++this.#sourceChoice;
    const current = () => choice === this.#sourceChoice;
    const before = this.status === 'starting' ? 'idle' : this.status;
    if (before !== 'playing') this.#setStatus('starting');
    let release: (() => void) | undefined;
    try {
      const engine = await this.#open();
      const begin = await prepare(engine, (action) => (release = action));
      const awake = await this.#resume(engine.context);
      if (!current()) return;
      begin();
      release = undefined;
      this.#setStatus('playing');
      if (!awake) this.notify('info', 'The browser holds the sound back: click anywhere on the page.');
    } catch (error) {
      if (!current()) return;
      this.#setStatus(before);
      this.notify('error', textOf(error));
    } finally {
      release?.();
    }
  }

  #playBuffer(
    engine: Engine,
    buffer: AudioBuffer,
    original: Blob,
    kind: 'demo' | 'file',
    name: string,
    credit: string,
  ): void {
    const player = new Player(engine.context, buffer, engine.input);
    player.loop = this.settings.loop;
    player.onEnded = () => this.#setStatus('paused');
    this.deck.loadBuffer(player, original, kind, name, credit);
    this.karaoke.takeSong(player, name);
    if (this.#mutedForMicrophone) {
      this.#mutedForMicrophone = false;
      this.#pushVolume();
    }
    player.play();
  }

  /** A context that may not start leaves resume() pending for ever, so the wait is short. */
  async #resume(context: AudioContext): Promise<boolean> {
    if (context.state === 'running') return true;
    const resumed = context.resume().then(() => true);
    const awake = await Promise.race([
      resumed,
      new Promise<false>((resolve) => setTimeout(() => resolve(false), RESUME_WAIT)),
    ]);
    if (!awake) addEventListener('pointerdown', () => void context.resume(), { once: true });
    return awake;
  }

  #push(): void {
    if (this.#engine) {
      for (const [name, value] of Object.entries(this.mix.effective())) {
        const parameter = this.#engine.separator.parameters.get(name);
        if (parameter) parameter.value = value;
      }
    }
    this.#changed();
  }

  #pushVolume(): void {
    const { volume } = this.settings;
    const engine = this.#engine;
    engine?.volume.gain.setTargetAtTime(
      this.speakersMuted || this.#hushed ? 0 : volume ** 2,
      engine.context.currentTime,
      0.012,
    );
    this.#changed();
  }

  #fault({ message }: FaultEvent): void {
    const now = performance.now();
    if (now - this.#lastFault < FAULT_INTERVAL) return;
    this.#lastFault = now;
    this.notify('error', message);
  }

  #setStatus(status: Status): void {
    this.status = status;
    this.#changed();
  }

  notify(kind: Notice['kind'], text: string, action?: Notice['action']): void {
    const detail = { kind, text, ...(action && { action }) };
    this.dispatchEvent(new CustomEvent<Notice>('notice', { detail }));
  }

  #changed(): void {
    this.dispatchEvent(new Event('change'));
    clearTimeout(this.#saving);
    this.#saving = setTimeout(() => saveSettings(this.settings), 250);
  }
}
