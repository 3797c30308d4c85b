import { css } from 'lit';
import { card } from '../shared/card.styles.ts';

export const styles = [
  card,
  css`
    :host {
      display: grid;
      gap: var(--gap);
      grid-template-columns: repeat(4, minmax(0, 1fr));
      grid-template-areas: 'song change voice output';
    }

    :host([lyrics]) {
      grid-template-rows: auto 1fr;
      grid-template-areas:
        'lyrics lyrics lyrics lyrics'
        'song change voice output';
    }

    :host([hidden]) {
      display: none;
    }

    .lyrics {
      grid-area: lyrics;
      overflow: hidden;
    }

    .column {
      display: flex;
      flex-direction: column;
      gap: var(--gap);
      min-width: 0;
      min-height: 430px;
    }

    .song {
      grid-area: song;
    }

    .change {
      grid-area: change;
    }

    .voice {
      grid-area: voice;
    }

    .output {
      grid-area: output;
    }

    .column .card {
      display: flex;
      flex-direction: column;
      gap: 14px;
      padding: 14px 16px 16px;
    }

    .fill {
      flex: 1;
    }

    .fill > :last-child {
      flex: 1;
    }

    sotto-stepper + sotto-stepper {
      margin-top: -4px;
    }

    .head {
      display: flex;
      align-items: center;
      justify-content: space-between;
      gap: 10px;
    }

    .head button {
      min-height: 26px;
      margin: -5px 0 -4px;
      padding: 0 10px;
      font-size: 12px;
    }

    .mixes {
      display: grid;
      grid-template-columns: 1fr 1fr;
      gap: 8px;
    }

    .mixes button {
      min-height: 38px;
      padding: 0 8px;
    }

    .mixes button[aria-checked='true'] {
      border-color: color-mix(in srgb, var(--accent) 45%, transparent);
      background: linear-gradient(#24433f, #1a2f30);
      color: var(--text);
    }

    .about {
      margin: 0;
      color: var(--text-3);
      font-size: 12px;
      line-height: 1.45;
    }

    @media (max-width: 1180px) {
      :host {
        grid-template-columns: 1fr 1fr;
        grid-template-areas:
          'song change'
          'voice output';
      }

      :host([lyrics]) {
        grid-template-rows: none;
        grid-template-areas:
          'lyrics lyrics'
          'song change'
          'voice output';
      }

      .column {
        min-height: 0;
      }
    }

    @media (max-width: 720px) {
      :host {
        grid-template-columns: minmax(0, 1fr);
        grid-template-areas: 'song' 'voice' 'change' 'output';
      }

      :host([lyrics]) {
        grid-template-areas: 'lyrics' 'song' 'voice' 'change' 'output';
      }
    }

    @media (forced-colors: active) {
      .mixes button[aria-checked='true'] {
        forced-color-adjust: none;
        background: Highlight;
        color: HighlightText;
      }
    }
  `,
];
