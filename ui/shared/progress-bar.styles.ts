import { css } from 'lit';

/** How far a long task has come: an element of class bar, and in it an i that is scaled from its left end. */
export const progressBar = css`
  .bar {
    height: 6px;
    overflow: hidden;
    border-radius: 3px;
    background: var(--sunken);
    box-shadow: inset 0 1px 2px rgb(0 0 0 / 60%);
  }

  .bar i {
    display: block;
    height: 100%;
    background: linear-gradient(90deg, #2f9e8b, var(--accent));
    transform-origin: left;
    transition: transform 120ms linear;
  }

  @media (forced-colors: active) {
    .bar {
      border: 1px solid CanvasText;
    }

    .bar i {
      forced-color-adjust: none;
      background: Highlight;
    }
  }
`;
