import { css } from 'lit';
import { card } from '../shared/card.styles.ts';

export const styles = [
  card,
  css`
    :host {
      display: grid;
      gap: var(--gap);
      grid-template-columns: minmax(0, 1.9fr) minmax(300px, 1fr);
      min-height: 0;
    }

    .card {
      display: flex;
      flex-direction: column;
      gap: 14px;
      padding: 14px 16px 16px;
    }

    sotto-dictionaries {
      flex: 1;
    }

    .tasks {
      display: grid;
      grid-template-columns: repeat(3, minmax(0, 1fr));
      gap: 10px;
    }

    .tasks button {
      align-items: flex-start;
      justify-content: flex-start;
      gap: 12px;
      padding: 12px 14px;
      border-radius: 12px;
      background: rgb(255 255 255 / 2%);
      box-shadow: none;
      text-align: left;
      white-space: normal;
    }

    .tasks button[aria-checked='true'] {
      border-color: color-mix(in srgb, var(--accent) 55%, transparent);
      background: color-mix(in srgb, var(--accent) 7%, transparent);
    }

    .tasks button[aria-checked='true'] svg {
      color: var(--accent);
    }

    .tasks button:focus-visible {
      box-shadow: var(--focus);
    }

    .tasks b {
      display: block;
      color: var(--text);
      font-size: 13.5px;
      font-weight: 550;
      line-height: 1.4;
    }

    .tasks small {
      color: var(--text-3);
      font-size: 12px;
      font-weight: 400;
      line-height: 1.4;
    }

    .plan {
      max-width: 74ch;
      margin: 2px 0 12px;
      color: var(--text-2);
      font-size: 13px;
      line-height: 1.55;
    }

    .plan b {
      color: var(--text);
      font-weight: 550;
    }

    .material {
      flex: 1;
    }

    .drafts {
      display: grid;
      grid-template-columns: repeat(auto-fill, minmax(min(100%, 330px), 1fr));
      gap: 12px;
    }

    .draft {
      display: grid;
      gap: 10px;
      align-content: start;
      padding: 12px;
      border-radius: 12px;
      background: rgb(255 255 255 / 2%);
      box-shadow: inset 0 0 0 1px var(--line);
    }

    .label {
      display: flex;
      align-items: center;
      gap: 9px;
    }

    .label i {
      flex: none;
      width: 9px;
      height: 9px;
      border-radius: 50%;
      background: var(--source);
      box-shadow: 0 0 8px color-mix(in srgb, var(--source) 60%, transparent);
    }

    .label input {
      flex: 1;
    }

    .add {
      margin-top: 12px;
    }

    summary {
      width: max-content;
      padding: 2px 4px;
      border-radius: 6px;
      color: var(--text-3);
      font-size: 12.5px;
      cursor: pointer;
    }

    summary:hover {
      color: var(--text);
    }

    .options {
      display: flex;
      flex-wrap: wrap;
      align-items: flex-end;
      gap: 12px 16px;
      padding: 12px 4px 2px;
    }

    label {
      display: grid;
      gap: 5px;
      color: var(--text-3);
      font-size: 11.5px;
    }

    .options input {
      width: 116px;
      color: var(--text);
    }

    .options select {
      min-height: 34px;
      color: var(--text);
    }

    select:disabled {
      opacity: 0.5;
      cursor: default;
    }

    .note {
      padding-bottom: 8px;
      color: var(--text-3);
      font-size: 12px;
    }

    .start {
      display: grid;
      grid-template-columns: minmax(140px, 300px) auto minmax(0, 1fr);
      align-items: end;
      gap: 10px 14px;
      padding-top: 14px;
      border-top: 1px solid var(--line);
    }

    .start input {
      width: 100%;
      min-height: 38px;
      color: var(--text);
    }

    .missing {
      align-self: center;
      padding-top: 18px;
      color: var(--text-3);
      font-size: 12.5px;
      line-height: 1.4;
    }

    .private {
      display: flex;
      grid-column: 1 / -1;
      align-items: center;
      gap: 7px;
      color: var(--text-3);
      font-size: 12px;
    }

    @media (max-width: 1020px) {
      :host {
        grid-template-columns: minmax(0, 1fr);
      }
    }

    @media (max-width: 720px) {
      .tasks {
        grid-template-columns: minmax(0, 1fr);
      }

      .start {
        grid-template-columns: minmax(0, 1fr) auto;
      }

      .missing {
        grid-column: 1 / -1;
        padding: 0;
      }
    }

    @media (forced-colors: active) {
      .tasks button[aria-checked='true'] {
        outline: 2px solid Highlight;
      }
    }
  `,
];
