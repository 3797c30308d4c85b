import { css } from 'lit';
import { card } from '../shared/card.styles.ts';

export const styles = [
  card,
  css`
    :host {
      display: grid;
      gap: var(--gap);
      grid-template-columns: minmax(0, 1.5fr) minmax(340px, 1fr);
      min-height: 0;
    }

    .card {
      display: flex;
      flex-direction: column;
      gap: 12px;
      padding: 14px 16px 16px;
    }

    .atoms {
      background: linear-gradient(#0d1017, #090b10);
    }

    .empty {
      color: var(--text-3);
    }

    sotto-heat-map {
      flex: 1;
      min-height: 260px;
    }

    .head {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      justify-content: space-between;
      gap: 4px 12px;
      min-height: 20px;
    }

    h3 {
      margin: 0;
      font-size: 17px;
      font-weight: 550;
      letter-spacing: -0.01em;
      overflow-wrap: anywhere;
    }

    .note {
      color: var(--text-3);
      font-size: 12px;
      line-height: 1.45;
    }

    .note svg {
      display: inline-block;
      vertical-align: -2px;
    }

    table {
      width: 100%;
      border-collapse: collapse;
      font-size: 12.5px;
    }

    th,
    td {
      padding: 6px 4px;
      border-bottom: 1px solid var(--line);
      font-weight: 400;
      text-align: right;
      white-space: nowrap;
    }

    th:first-child {
      text-align: left;
      white-space: normal;
    }

    thead th {
      color: var(--text-3);
      font-size: 11.5px;
    }

    th i {
      display: inline-block;
      width: 8px;
      height: 8px;
      margin-right: 9px;
      border-radius: 50%;
    }

    .fit {
      display: flex;
      align-items: center;
      gap: 14px;
      padding: 10px 12px;
      border-radius: 11px;
      background: rgb(255 255 255 / 3%);
    }

    .fit button {
      flex: none;
    }

    .measured {
      flex: 1;
      min-width: 0;
      color: var(--text-3);
      font-size: 12px;
      line-height: 1.5;
    }

    .measured b {
      color: var(--text);
      font-weight: 550;
    }

    .shares {
      display: flex;
      gap: 2px;
      height: 5px;
      margin: 5px 0 3px;
      overflow: hidden;
      border-radius: 3px;
    }

    dl {
      display: grid;
      grid-template-columns: auto minmax(0, 1fr);
      gap: 7px 16px;
      margin: 2px 0 0;
      font-size: 12.5px;
      line-height: 1.45;
    }

    dt {
      color: var(--text-3);
    }

    dd {
      margin: 0;
      color: var(--text-2);
      overflow-wrap: anywhere;
      white-space: pre-line;
    }

    @media (max-width: 1020px) {
      :host {
        grid-template-columns: minmax(0, 1fr);
      }

      sotto-heat-map {
        min-height: 300px;
      }
    }

    @media (max-width: 480px) {
      .fit {
        align-items: flex-start;
        flex-direction: column;
      }
    }

    @media (forced-colors: active) {
      .shares,
      th i {
        forced-color-adjust: none;
      }
    }
  `,
];
