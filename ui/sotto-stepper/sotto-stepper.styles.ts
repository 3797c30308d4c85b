import { css } from 'lit';

export const styles = css`
  :host {
    display: grid;
    grid-template-columns: minmax(64px, 1fr) auto;
    align-items: center;
    gap: 4px 12px;
  }

  .label {
    color: var(--text-2);
    font-size: 12.5px;
  }

  .group {
    display: grid;
    grid-template-columns: 34px 92px 34px;
    align-items: center;
    gap: 4px;
  }

  button {
    min-height: 34px;
    padding: 0;
  }

  .value {
    display: grid;
    place-content: center;
    height: 34px;
    border-radius: var(--radius-small);
    background: var(--sunken);
    box-shadow: inset 0 0 0 1px var(--line);
    font-size: 15px;
    text-align: center;
    white-space: nowrap;
    cursor: ns-resize;
    touch-action: none;
    user-select: none;
  }

  .value.altered {
    color: var(--accent);
  }

  .value:focus-visible {
    box-shadow: var(--focus);
  }

  small {
    margin-left: 3px;
    color: var(--text-3);
    font-size: 11px;
  }

  @media (forced-colors: active) {
    .value {
      border: 1px solid ButtonBorder;
    }
  }
`;
