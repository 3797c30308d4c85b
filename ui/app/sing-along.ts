import type { MeterEvent } from '../../src/node/events.ts';
import { PRESETS } from '../../src/presets.ts';
import type { AudioSession } from './audio-session.ts';
import { listMicrophones } from './microphone.ts';
import { microphoneMessage } from './plain-errors.ts';
import { Singer } from './singer.ts';

/** Of the microphone's fader, dB. */
export const LOWEST_LEVEL = -30;
export const HIGHEST_LEVEL = 12;

/**
 * The singer's microphone, and how it is to sound.
 *
 * @fires change - anything shown has changed
 * @fires meters - {@link SingAlong.meters} is new
 */
export class SingAlong extends EventTarget {
  status: 'off' | 'starting' | 'on' = 'off';
  /** dB. */
  level = 0;
  /** Per cent. */
  room = 25;
  meters: { peak: number; rms: number } | undefined;
  readonly #session: AudioSession;
  #singer: Singer | undefined;
  /** Counts starts, so that one that was given up is not carried out. */
  #choice = 0;

  constructor(session: AudioSession) {
    super();
    this.#session = session;
  }

  /** The singer hears the microphone; a recording has it either way. */
  get heard(): boolean {
    return this.#session.settings.headphones === 'yes';
  }

  set heard(heard: boolean) {
    this.#session.settings.headphones = heard ? 'yes' : 'no';
    this.#push();
  }

  get name(): string {
    return this.#singer?.name ?? '';
  }

  /** Opens a microphone; without an id, the one used last. */
  async start(deviceId = this.#session.settings.deviceId): Promise<void> {
    const session = this.#session;
    const choice = ++this.#choice;
    try {
      if (!(await this.#headphonesAnswered()) || choice !== this.#choice) return;
      this.#setStatus('starting');
      const engine = await session.wake();
      const dictionary = await session.shelf.open(PRESETS.denoise.dictionary);
      const singer = await Singer.open(engine, dictionary, deviceId, this.#levels, () => {
        this.stop();
        session.notify('error', 'The microphone was unplugged or taken away.');
      });
      if (choice !== this.#choice) return singer.close();
      this.#singer?.close();
      this.#singer = singer;
      session.settings.deviceId = singer.deviceId;
      session.microphones = await listMicrophones();
      singer.separator.addEventListener('meters', (event) => {
        const { outputPeak, outputRms } = event as MeterEvent;
        this.meters = { peak: outputPeak, rms: outputRms };
        this.dispatchEvent(new Event('meters'));
      });
      this.#setStatus('on');
    } catch (error) {
      if (choice !== this.#choice) return;
      this.#setStatus(this.#singer ? 'on' : 'off');
      session.notify('error', microphoneMessage(error));
    }
  }

  stop(): void {
    this.#choice++;
    this.#singer?.close();
    this.#singer = undefined;
    this.meters = undefined;
    this.#setStatus('off');
  }

  setLevel(decibels: number): void {
    this.level = Math.min(HIGHEST_LEVEL, Math.max(LOWEST_LEVEL, decibels));
    this.#push();
  }

  setRoom(percent: number): void {
    this.room = Math.min(100, Math.max(0, percent));
    this.#push();
  }

  get #levels() {
    const level = this.level <= LOWEST_LEVEL ? 0 : 10 ** (this.level / 20);
    return { level, room: this.room / 100, heard: this.heard };
  }

  async #headphonesAnswered(): Promise<boolean> {
    const { settings, askForHeadphones } = this.#session;
    if (settings.headphones !== 'unasked' || !askForHeadphones) return true;
    const answer = await askForHeadphones('sing');
    if (answer !== 'cancel') settings.headphones = answer;
    return answer !== 'cancel';
  }

  #push(): void {
    this.#singer?.set(this.#levels);
    this.dispatchEvent(new Event('change'));
  }

  #setStatus(status: SingAlong['status']): void {
    this.status = status;
    this.dispatchEvent(new Event('change'));
  }
}
