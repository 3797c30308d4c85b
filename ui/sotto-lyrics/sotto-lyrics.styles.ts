import { css } from 'lit';

export const styles = css`
  :host {
    position: relative;
    min-height: 0;
  }

  .lines {
    position: relative;
    height: 216px;
    margin: 0;
    padding: 84px 24px;
    overflow-y: auto;
    list-style: none;
    text-align: center;
    scrollbar-width: thin;
    scrollbar-color: var(--raised-top) transparent;
    mask-image: linear-gradient(transparent, #000 22%, #000 78%, transparent);
  }

  .lines:focus-visible {
    border-radius: var(--radius);
    box-shadow: var(--focus);
  }

  button {
    display: block;
    width: 100%;
    min-height: 40px;
    padding: 4px 12px;
    border: 0;
    background: none;
    box-shadow: none;
    color: var(--text-3);
    font-size: clamp(17px, 2vw, 22px);
    font-weight: 450;
    line-height: 1.35;
    white-space: normal;
    text-wrap: balance;
    overflow-wrap: anywhere;
  }

  button:focus-visible {
    box-shadow: var(--focus);
  }

  [aria-current] button {
    color: var(--text);
    font-size: clamp(20px, 2.6vw, 29px);
    font-weight: 600;
  }

  .sung button {
    color: color-mix(in srgb, var(--text-3) 88%, transparent);
  }

  .remove {
    position: absolute;
    z-index: 1;
    top: 8px;
    right: 10px;
    width: 32px;
    min-height: 32px;
    color: var(--text-3);
  }

  @media (forced-colors: active) {
    [aria-current] button {
      color: Highlight;
    }
  }
`;
