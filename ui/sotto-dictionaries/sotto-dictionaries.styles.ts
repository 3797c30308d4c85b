import { css } from 'lit';
import { card } from '../shared/card.styles.ts';

export const styles = [
  card,
  css`
    :host {
      display: flex;
      flex-direction: column;
      gap: 12px;
      min-width: 0;
    }

    ul {
      display: grid;
      gap: 6px;
      margin: 0;
      padding: 0;
      list-style: none;
    }

    li {
      display: flex;
      align-items: center;
      gap: 4px;
      min-width: 0;
      padding-right: 4px;
      border-radius: 11px;
      background: rgb(255 255 255 / 3%);
    }

    li.used {
      background: color-mix(in srgb, var(--accent) 8%, transparent);
      box-shadow: inset 0 0 0 1px color-mix(in srgb, var(--accent) 28%, transparent);
    }

    .choose {
      flex: 1;
      justify-content: flex-start;
      gap: 11px;
      min-width: 0;
      min-height: 50px;
      padding: 4px 4px 4px 12px;
      border-color: transparent;
      background: none;
      box-shadow: none;
      text-align: left;
    }

    .choose:hover {
      border-color: transparent;
    }

    .choose:focus-visible {
      border-radius: 11px;
      box-shadow: var(--focus);
    }

    .choose i {
      flex: none;
      width: 8px;
      height: 8px;
      border: 1.5px solid var(--text-3);
      border-radius: 50%;
    }

    .used .choose i {
      border-color: var(--accent);
      background: var(--accent);
      box-shadow: 0 0 8px var(--accent);
    }

    .choose span {
      min-width: 0;
    }

    b,
    small {
      display: block;
      overflow: hidden;
      text-overflow: ellipsis;
    }

    b {
      color: var(--text);
      font-size: 13px;
      font-weight: 550;
    }

    small {
      color: var(--text-3);
      font-size: 11.5px;
      font-weight: 400;
    }

    .tools {
      display: flex;
      flex: none;
      align-items: center;
    }

    .tools .select {
      width: 86px;
    }

    .tools select {
      border-color: transparent;
      background: none;
      color: var(--text-2);
      font-size: 12px;
    }

    .tools option {
      background: var(--raised);
      color: var(--text);
    }

    .tools select:hover {
      border-color: var(--line-strong);
    }

    .rename {
      flex: 1;
      margin: 8px 4px 8px 8px;
    }

    .hint {
      margin: 4px 2px;
      color: var(--text-3);
      font-size: 12.5px;
      line-height: 1.5;
    }
  `,
];
