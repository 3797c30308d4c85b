import { css } from 'lit';

/** Buttons, selects, small headings and cards that the components share. */
export const controls = css`
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }

  :host {
    display: block;
  }

  :host([hidden]) {
    display: none;
  }

  button,
  select,
  input {
    font: inherit;
    font-variant-numeric: tabular-nums;
    color: inherit;
  }

  button,
  .button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 7px;
    min-height: 32px;
    padding: 0 12px;
    border: 1px solid var(--line);
    border-radius: var(--radius-small);
    background: linear-gradient(var(--raised-top), var(--raised));
    box-shadow:
      inset 0 1px 0 rgb(255 255 255 / 5%),
      0 1px 2px rgb(0 0 0 / 35%);
    color: var(--text-2);
    font-size: 12.5px;
    font-weight: 500;
    text-decoration: none;
    white-space: nowrap;
    cursor: pointer;
    transition:
      color 120ms,
      border-color 120ms,
      background 120ms;
  }

  button:hover,
  .button:hover {
    color: var(--text);
    border-color: var(--line-strong);
  }

  button:active {
    transform: translateY(0.5px);
  }

  button:disabled {
    opacity: 0.45;
    cursor: default;
  }

  :focus-visible {
    outline: 2px solid transparent;
    box-shadow: var(--focus);
  }

  svg {
    display: block;
    flex: none;
  }

  .select {
    position: relative;
    display: inline-flex;
    min-width: 0;
  }

  .select::after {
    content: '';
    position: absolute;
    right: 12px;
    top: 50%;
    width: 6px;
    height: 6px;
    border: solid var(--text-3);
    border-width: 0 1.5px 1.5px 0;
    transform: translateY(-70%) rotate(45deg);
    pointer-events: none;
  }

  select {
    appearance: none;
    min-height: 32px;
    width: 100%;
    padding: 0 28px 0 11px;
    border: 1px solid var(--line);
    border-radius: var(--radius-small);
    background: var(--sunken);
    font-size: 12.5px;
    text-overflow: ellipsis;
    cursor: pointer;
  }

  select:hover {
    border-color: var(--line-strong);
  }

  .eyebrow {
    margin: 0;
    color: var(--text-3);
    font-size: 11px;
    font-weight: 600;
    letter-spacing: 0.02em;
  }

  .visually-hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    margin: -1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }

  @media (prefers-reduced-motion: reduce) {
    *,
    *::before,
    *::after {
      transition: none !important;
      animation: none !important;
    }
  }

  @media (forced-colors: active) {
    button,
    select {
      border-color: ButtonBorder;
      background: ButtonFace;
      color: ButtonText;
    }

    :focus-visible {
      outline: 2px solid Highlight;
      outline-offset: 2px;
    }
  }
`;
