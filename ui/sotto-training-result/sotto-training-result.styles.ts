import { css } from 'lit';
import { card } from '../shared/card.styles.ts';
import { chartStyles } from '../sotto-training-progress/sotto-training-progress.styles.ts';

export const styles = [
  card,
  chartStyles,
  css`
    :host {
      display: flex;
      flex: 1;
    }

    .result {
      display: flex;
      flex: 1;
      flex-direction: column;
      gap: 14px;
    }

    .done {
      display: flex;
      align-items: center;
      gap: 14px;
    }

    .tick {
      display: grid;
      flex: none;
      place-items: center;
      width: 40px;
      height: 40px;
      border-radius: 50%;
      background: color-mix(in srgb, var(--accent) 16%, transparent);
      color: var(--accent);
    }

    h3 {
      margin: 0;
      font-size: 16px;
      font-weight: 550;
      letter-spacing: -0.01em;
      overflow-wrap: anywhere;
    }

    .done p {
      margin: 2px 0 0;
      color: var(--text-2);
      font-size: 13px;
    }

    .plot {
      flex: 1;
      min-height: 110px;
      max-height: 280px;
    }

    table {
      width: 100%;
      border-collapse: collapse;
      font-size: 12.5px;
    }

    th,
    td {
      padding: 6px 8px;
      border-bottom: 1px solid var(--line);
      font-weight: 400;
      text-align: right;
    }

    th:first-child {
      text-align: left;
    }

    thead th {
      color: var(--text-3);
      font-size: 11.5px;
    }

    .ways {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 10px;
    }

    .ways .primary {
      margin-left: auto;
    }

    .ways select {
      min-height: 38px;
    }

    .ways button {
      min-height: 38px;
    }
  `,
];
