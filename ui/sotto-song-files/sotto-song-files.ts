import { html, LitElement, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { AudioSession } from '../app/audio-session.ts';
import { controls } from '../shared/controls.styles.ts';
import { icons } from '../shared/icons.ts';
import { followSession } from '../shared/session-controller.ts';
import { titled } from '../shared/text.ts';
import { styles } from './sotto-song-files.styles.ts';

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;

/**
 * @summary Makes WAV files of the song: its stems, or the mix as it is heard.
 */
@customElement('sotto-song-files')
export class SottoSongFiles extends LitElement {
  static override styles = [controls, styles];

  @property({ attribute: false }) session!: AudioSession;

  constructor() {
    super();
    followSession(this);
  }

  override render(): TemplateResult {
    const { saver } = this.session.karaoke;
    const { progress, files } = saver;
    const percent = Math.round(100 * (progress?.fraction ?? 0));
    return html`
      <div class="row">
        <button
          type="button"
          ?disabled=${!saver.ready || progress !== undefined}
          title="Voice and music, at the key and tempo of the song; together they are the song, to the last bit"
          data-testid="save-stems"
          @click=${() => void saver.save('stems')}
        >
          Make stems
        </button>
        <button
          type="button"
          ?disabled=${!saver.ready || progress !== undefined}
          title="As it is heard: with faders, key and tempo, without your voice"
          data-testid="save-mix"
          @click=${() => void saver.save('mix')}
        >
          Make mix
        </button>
      </div>
      <div role="status">
        ${
          progress
            ? html`<div class="progress">
                <progress max="100" value=${percent} aria-label="Making files"></progress>
                <button type="button" @click=${() => saver.clear()}>Cancel</button>
              </div>`
            : files.length > 0
              ? html`<div class="row files">
                  ${files.map(
                    ({ label, fileName, url, bytes }) =>
                      html`<a
                        class="button"
                        href=${url}
                        download=${fileName}
                        title=${fileName}
                        data-testid="song-file"
                        >${icons.download} ${titled(label)} <small>${megabytes(bytes)}</small></a
                      >`,
                  )}
                </div>`
              : html`<p class="about">
                  ${
                    saver.ready
                      ? 'The stems sum to the song exactly. The mix is as you hear it.'
                      : 'Play a song first.'
                  }
                </p>`
        }
      </div>
    `;
  }
}
