import { css } from 'lit';
import { card } from '../shared/card.styles.ts';

export const styles = [
  card,
  css`
    :host {
      display: grid;
      gap: var(--gap);
      grid-template-columns: minmax(300px, 1.15fr) minmax(330px, 1.15fr) minmax(280px, 0.9fr);
      grid-template-rows: auto minmax(254px, 1fr) auto auto;
      grid-template-areas:
        'source source source'
        'hero hero hero'
        'sources separation output'
        'engine engine engine';
      flex: 1;
    }

    :host([many]) {
      grid-template-columns: minmax(0, 2.1fr) minmax(300px, 1fr) minmax(240px, 0.8fr);
    }

    .mix {
      display: contents;
    }

    .view[hidden] {
      display: none;
    }

    :host([view='karaoke']),
    :host([view='train']),
    :host([view='inspect']) {
      grid-template-columns: minmax(0, 1fr) !important;
      grid-template-rows: auto 1fr auto !important;
      grid-template-areas: 'source' 'view' 'engine' !important;
    }

    sotto-karaoke,
    sotto-train,
    sotto-inspect {
      grid-area: view;
    }

    .source {
      grid-area: source;
      display: flex;
      align-items: center;
      gap: 12px 24px;
      padding: 11px 16px;
    }

    sotto-transport {
      flex: 1 1 320px;
    }

    :host([view='karaoke']) .source {
      flex-wrap: wrap;
    }

    :host([view='karaoke']) sotto-transport {
      flex-basis: 100%;
    }

    .hero {
      grid-area: hero;
      display: grid;
      grid-template-columns: 1.35fr 1fr;
      overflow: hidden;
      background: linear-gradient(#0d1017, #090b10);
      transition: filter 200ms;
    }

    .hero.bypassed {
      filter: saturate(0.25) brightness(0.8);
    }

    sotto-spectrum {
      grid-area: 1 / 1;
    }

    .history {
      display: grid;
      grid-template-rows: 1.5fr auto 1fr;
      border-left: 1px solid var(--line);
      min-width: 0;
    }

    .history .eyebrow {
      padding: 7px 12px 6px;
      border-top: 1px solid var(--line);
    }

    .cut {
      position: absolute;
      top: 38px;
      left: 18px;
      display: flex;
      align-items: baseline;
      gap: 6px;
      pointer-events: none;
    }

    .cut b {
      font-size: clamp(26px, 2.6vw, 38px);
      font-weight: 250;
      letter-spacing: -0.02em;
      text-shadow: 0 1px 8px rgb(9 11 16 / 90%);
    }

    .cut span {
      color: var(--text-3);
      font-size: 12px;
    }

    .invitation {
      position: relative;
      display: grid;
      grid-area: 1 / 1;
      place-self: center;
      gap: 6px;
      max-width: calc(100% - 48px);
      padding: 16px 26px;
      border-radius: 14px;
      background: rgb(13 16 23 / 82%);
      box-shadow:
        0 0 0 1px var(--line-strong),
        0 18px 50px rgb(0 0 0 / 45%);
      text-align: center;
      pointer-events: none;
    }

    .invitation b {
      font-size: 16px;
      font-weight: 550;
    }

    .invitation span {
      color: var(--text-2);
      font-size: 13px;
    }

    @media (hover: none) {
      .invitation span {
        display: none;
      }
    }

    kbd {
      padding: 1px 6px;
      border-radius: 5px;
      background: rgb(255 255 255 / 10%);
      color: var(--text);
      font: inherit;
      font-size: 11.5px;
    }

    .sources,
    .separation,
    .output {
      display: flex;
      flex-direction: column;
      gap: 12px;
      padding: 14px 16px 16px;
      min-height: 0;
    }

    .sources {
      grid-area: sources;
    }

    .separation {
      grid-area: separation;
    }

    .output {
      grid-area: output;
    }

    sotto-mixer,
    sotto-output {
      flex: 1;
    }

    .head {
      display: flex;
      align-items: center;
      justify-content: space-between;
      min-height: 24px;
      gap: 12px;
    }

    .adapt {
      min-height: 24px;
      padding: 0 10px;
      font-size: 12px;
    }

    .adapt[aria-pressed='true'] {
      border-color: var(--line-strong);
      color: var(--text);
    }

    .adapt[aria-pressed='false'] {
      color: var(--text-3);
    }

    .knobs {
      display: flex;
      flex: 1;
      align-items: center;
      justify-content: space-evenly;
      gap: 16px;
    }

    .small {
      display: flex;
      flex-direction: column;
      gap: 18px;
    }

    .knobs.many {
      flex-direction: column;
      gap: 8px;
    }

    .many .small {
      flex-direction: row;
      gap: 0;
    }

    .small sotto-knob {
      width: 104px;
    }

    .engine {
      grid-area: engine;
      padding: 10px 16px;
    }

    @media (min-width: 1000px) and (min-height: 940px) {
      .sources,
      .separation,
      .output {
        min-height: 372px;
      }
    }

    @media (max-width: 1020px) {
      :host,
      :host([many]) {
        grid-template-columns: 1fr 1fr;
        grid-template-rows: none;
        grid-template-areas:
          'source source'
          'hero hero'
          'sources separation'
          'output output'
          'engine engine';
      }

      :host([many]) {
        grid-template-areas:
          'source source'
          'hero hero'
          'sources sources'
          'separation output'
          'engine engine';
      }

      .source {
        flex-wrap: wrap;
      }

      .hero {
        min-height: 300px;
      }
    }

    @media (max-width: 720px) {
      :host,
      :host([many]) {
        grid-template-columns: minmax(0, 1fr);
        grid-template-areas: 'source' 'hero' 'sources' 'separation' 'output' 'engine';
      }

      .hero {
        grid-template-columns: minmax(0, 1fr);
      }

      sotto-spectrum {
        height: 230px;
      }

      .history {
        grid-template-rows: 130px auto 90px;
        border-top: 1px solid var(--line);
        border-left: 0;
      }

      sotto-transport {
        flex-basis: 100%;
      }

      .separation {
        min-height: 0;
      }
    }

    @media (forced-colors: active) {
      .hero {
        forced-color-adjust: none;
      }
    }
  `,
];
