import { css } from 'lit';

export const styles = css`
  :host {
    display: inline-block;
  }

  .group {
    display: flex;
    gap: 2px;
    padding: 3px;
    border-radius: 11px;
    background: var(--sunken);
    box-shadow:
      inset 0 1px 3px rgb(0 0 0 / 55%),
      0 0 0 1px var(--line);
  }

  button {
    flex: 1;
    min-height: 28px;
    padding: 0 12px;
    border-color: transparent;
    border-radius: 8px;
    background: none;
    box-shadow: none;
    color: var(--text-3);
  }

  button:hover {
    border-color: transparent;
  }

  button[aria-checked='true'],
  button[aria-pressed='true'] {
    background: linear-gradient(#343b4b, #2a303d);
    box-shadow:
      inset 0 1px 0 rgb(255 255 255 / 8%),
      0 1px 3px rgb(0 0 0 / 45%);
    color: var(--text);
  }

  button:focus-visible {
    box-shadow: var(--focus);
  }

  :host([large]) button {
    min-height: 34px;
    padding: 0 20px;
    font-size: 13.5px;
  }

  /* Four named actions with pictures are wider than a phone. */
  @media (max-width: 480px) {
    :host([actions]) svg {
      display: none;
    }

    :host([actions]) button {
      padding: 0 8px;
    }
  }

  @media (forced-colors: active) {
    .group {
      border: 1px solid ButtonBorder;
    }

    button {
      background: ButtonFace;
      color: ButtonText;
    }

    button[aria-checked='true'],
    button[aria-pressed='true'] {
      forced-color-adjust: none;
      background: Highlight;
      color: HighlightText;
    }
  }
`;
