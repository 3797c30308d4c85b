import { css } from 'lit';

export const styles = css`
  :host {
    display: flex;
    flex-direction: column;
    align-items: center;
    gap: 8px;
    min-width: 34px;
  }

  .body {
    display: grid;
    flex: 1;
    grid-template-columns: 16px 18px 16px;
    gap: 7px;
    min-height: 84px;
  }

  .marks {
    position: relative;
    color: var(--text-3);
    font-size: 10px;
  }

  .marks span {
    position: absolute;
    right: 0;
    line-height: 0;
  }

  .well {
    position: relative;
    overflow: hidden;
    border-radius: 5px;
    background: #05070a;
    box-shadow:
      inset 0 1px 3px rgb(0 0 0 / 70%),
      0 0 0 1px rgb(255 255 255 / 5%);
  }

  .bar {
    position: absolute;
    inset: 0;
    background: linear-gradient(to top, #2b8f86, #6fe9cb 62%, #ffd97a 84%, #ff7b86 97%);
    clip-path: inset(100% 0 0 0);
  }

  .peak {
    opacity: 0.38;
  }

  .hold {
    position: absolute;
    left: 0;
    right: 0;
    bottom: 0;
    height: 2px;
    background: #f2f6ff;
    opacity: 0;
  }

  /* Reduction hangs from the top, as on a compressor. */
  :host([kind='reduction']) .bar {
    background: linear-gradient(to bottom, #ff9477, #d6604a);
  }

  .label {
    color: var(--text-2);
    font-size: 11.5px;
    font-weight: 500;
  }

  .value {
    min-width: 5ch;
    color: var(--text-3);
    font-size: 11.5px;
    line-height: 1;
    text-align: center;
    white-space: nowrap;
  }

  @media (forced-colors: active) {
    .well {
      border: 1px solid CanvasText;
    }

    .bar {
      forced-color-adjust: none;
      background: Highlight !important;
    }
  }
`;
