import { css } from 'lit';

export const styles = css`
  :host {
    display: flex;
    flex-direction: column;
    gap: 12px;
    min-height: 0;
  }

  .start {
    width: 100%;
    min-height: 40px;
    color: var(--text);
  }

  .start[aria-pressed='true'] {
    border-color: color-mix(in srgb, var(--accent) 45%, transparent);
    color: var(--accent);
  }

  .about {
    margin: 0;
    color: var(--text-3);
    font-size: 12.5px;
    line-height: 1.5;
  }

  .body {
    display: grid;
    flex: 1;
    grid-template-columns: 1fr auto;
    gap: 16px;
    min-height: 0;
  }

  .knobs {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-evenly;
    gap: 12px;
  }

  .knobs sotto-knob {
    width: 104px;
  }

  sotto-meter {
    min-height: 158px;
  }

  .name {
    overflow: hidden;
    margin: 0;
    color: var(--text-2);
    font-size: 12.5px;
    text-overflow: ellipsis;
    white-space: nowrap;
  }

  label {
    display: flex;
    align-items: flex-start;
    gap: 9px;
    font-size: 12.5px;
    line-height: 1.45;
    cursor: pointer;
  }

  label small {
    display: block;
    color: var(--text-3);
    font-size: 11.5px;
  }

  input[type='checkbox'] {
    flex: none;
    width: 18px;
    height: 18px;
    margin: 0;
    accent-color: var(--accent);
  }

  input:focus-visible {
    border-radius: 4px;
  }

  .warning {
    color: var(--warning);
  }
`;
