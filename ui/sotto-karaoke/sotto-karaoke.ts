import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import type { Song } from '../../src/training/index.ts';
import type { AudioSession } from '../app/audio-session.ts';
import { HIGHEST_TEMPO, LOWEST_TEMPO, MOST_CENTS, MOST_SEMITONES } from '../app/karaoke.ts';
import { GUIDE_DB, type SongMix } from '../app/song-faders.ts';
import { controls } from '../shared/controls.styles.ts';
import { icons } from '../shared/icons.ts';
import { followSession } from '../shared/session-controller.ts';
import { sourceColours } from '../shared/source-colours.ts';
import '../sotto-lyrics/sotto-lyrics.ts';
import '../sotto-mixer/sotto-mixer.ts';
import '../sotto-output/sotto-output.ts';
import '../sotto-singer/sotto-singer.ts';
import '../sotto-song-files/sotto-song-files.ts';
import '../sotto-stepper/sotto-stepper.ts';
import '../sotto-study/sotto-study.ts';
import type { Studied } from '../sotto-study/sotto-study.ts';
import { styles } from './sotto-karaoke.styles.ts';

const MIXES: readonly { value: SongMix; label: string; title: string }[] = [
  { value: 'remove', label: 'Remove voice', title: 'The music alone' },
  {
    value: 'guide',
    label: 'Guide voice',
    title: `The voice softly, at ${String(GUIDE_DB).replace('-', '−')} dB, to sing after`,
  },
  { value: 'voice', label: 'Voice only', title: 'The voice without the music' },
  { value: 'song', label: 'Full song', title: 'Voice and music as they are' },
];

const KEYS = 'Arrow keys or drag; double click goes back.';
const KEY = {
  name: 'key',
  label: 'Key',
  description: `Higher or lower, at the same tempo. ${KEYS}`,
  minValue: -MOST_SEMITONES,
  maxValue: MOST_SEMITONES,
  defaultValue: 0,
  step: 1,
};
const CENTS = {
  ...KEY,
  name: 'cents',
  label: 'Fine tuning',
  description: `Hundredths of a semitone. ${KEYS}`,
  minValue: -MOST_CENTS,
  maxValue: MOST_CENTS,
};
const TEMPO = {
  name: 'tempo',
  label: 'Tempo',
  description: `Slower or faster, in the same key. ${KEYS}`,
  minValue: LOWEST_TEMPO,
  maxValue: HIGHEST_TEMPO,
  defaultValue: 100,
  step: 1,
};

/**
 * @summary Singing to a song: voice and music, key and tempo, lyrics where there are any, the singer's microphone, files to take along.
 */
@customElement('sotto-karaoke')
export class SottoKaraoke extends LitElement {
  static override styles = [controls, styles];

  @property({ attribute: false }) session!: AudioSession;
  @query('input') private input!: HTMLInputElement;
  #buffer: AudioBuffer | undefined;
  #heard: Song | undefined;

  constructor() {
    super();
    followSession(this);
  }

  protected override willUpdate(): void {
    this.toggleAttribute('lyrics', this.session.karaoke.lyrics !== undefined);
  }

  override render(): TemplateResult {
    const { session } = this;
    const { karaoke, sources } = session;
    return html`
      ${
        karaoke.lyrics
          ? html`<section class="card lyrics" aria-label="Lyrics">
              <sotto-lyrics .session=${session}></sotto-lyrics>
            </section>`
          : nothing
      }
      <div class="column song">
        <section class="card fill" aria-labelledby="song">
          <h2 id="song">Voice and music</h2>
          ${this.#mixes()}
          <sotto-mixer
            .session=${session}
            .colours=${sourceColours(sources.map(({ label }) => label))}
          ></sotto-mixer>
        </section>
      </div>
      <div class="column change">
        <section class="card fill" aria-labelledby="change">
          <div class="head">
            <h2 id="change">Key and tempo</h2>
            ${
              karaoke.altered
                ? html`<button type="button" data-testid="original" @click=${this.#restore}>
                    ${icons.reset} Original
                  </button>`
                : nothing
            }
          </div>
          <sotto-stepper
            signed
            unit="st"
            .spokenUnit=${'semitones'}
            .info=${KEY}
            .value=${karaoke.semitones}
            @value-input=${(event: CustomEvent<number>) => karaoke.setKey(event.detail)}
          ></sotto-stepper>
          <sotto-stepper
            signed
            unit="ct"
            .spokenUnit=${'cents'}
            .info=${CENTS}
            .value=${karaoke.cents}
            @value-input=${(event: CustomEvent<number>) => karaoke.setKey(karaoke.semitones, event.detail)}
          ></sotto-stepper>
          <sotto-stepper
            unit="%"
            .spokenUnit=${'per cent'}
            .info=${TEMPO}
            .value=${karaoke.tempo}
            @value-input=${(event: CustomEvent<number>) => karaoke.setTempo(event.detail)}
          ></sotto-stepper>
          <p class="about">The voice is taken out first, then the key is changed.</p>
        </section>
        <section class="card" aria-labelledby="study">
          <h2 id="study">Better for this song</h2>
          <sotto-study
            .song=${this.#song()}
            .base=${karaoke.base}
            @studied=${(event: CustomEvent<Studied>) => karaoke.useStudied(event.detail.dictionary)}
          ></sotto-study>
        </section>
        <section class="card" aria-labelledby="files">
          <h2 id="files">Take it along</h2>
          <sotto-song-files .session=${session}></sotto-song-files>
        </section>
      </div>
      <div class="column voice">
        <section class="card fill" aria-labelledby="voice">
          <h2 id="voice">Your voice</h2>
          <sotto-singer .session=${session}></sotto-singer>
        </section>
        ${karaoke.lyrics ? nothing : this.#lyrics()}
      </div>
      <div class="column output">
        <section class="card fill" aria-labelledby="output">
          <h2 id="output">Output</h2>
          <sotto-output .session=${session}></sotto-output>
        </section>
      </div>
    `;
  }

  /** The song on the deck, as the same object as long as it is there. */
  #song(): Song | undefined {
    const { player, name } = this.session.deck;
    if (player?.buffer !== this.#buffer) {
      this.#buffer = player?.buffer;
      this.#heard = player && {
        name,
        sampleRate: player.buffer.sampleRate,
        channels: Array.from({ length: Math.min(2, player.buffer.numberOfChannels) }, (_, channel) =>
          player.buffer.getChannelData(channel),
        ),
      };
    }
    return this.#heard;
  }

  #mixes(): TemplateResult {
    const { karaoke } = this.session;
    const chosen = karaoke.songMix;
    return html`<div class="mixes" role="radiogroup" aria-label="Voice and music" @keydown=${this.#onKey}>
      ${MIXES.map(
        ({ value, label, title }, index) =>
          html`<button
            type="button"
            role="radio"
            aria-checked=${value === chosen}
            tabindex=${value === chosen || (!chosen && index === 0) ? 0 : -1}
            title=${title}
            data-testid="mix-${value}"
            @click=${() => karaoke.setSongMix(value)}
          >
            ${label}
          </button>`,
      )}
    </div>`;
  }

  #lyrics(): TemplateResult {
    return html`<section class="card" aria-labelledby="lyrics">
      <h2 id="lyrics">Lyrics</h2>
      <button
        type="button"
        title="A file of lyrics with times; it can be dropped with the song"
        @click=${() => this.input.click()}
      >
        ${icons.open} Open an .lrc file
      </button>
      <input type="file" accept=".lrc,text/plain" hidden data-testid="lyrics-file" @change=${this.#onFile} />
    </section>`;
  }

  readonly #restore = (): void => {
    this.session.karaoke.setKey(0, 0);
    this.session.karaoke.setTempo(100);
  };

  readonly #onFile = (): void => {
    const [file] = this.input.files ?? [];
    this.input.value = '';
    if (file) void this.session.karaoke.openLyrics(file);
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const at = MIXES.findIndex(({ value }) => value === this.session.karaoke.songMix);
    const next = (Math.max(0, at) + step + MIXES.length) % MIXES.length;
    this.renderRoot.querySelectorAll<HTMLButtonElement>('.mixes button')[next]?.focus();
    this.session.karaoke.setSongMix(MIXES[next]!.value);
  };
}
