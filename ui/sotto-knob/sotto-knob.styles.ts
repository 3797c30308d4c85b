import { css } from 'lit';

export const styles = css`
  :host {
    --size: 68px;
    display: flex;
    flex-direction: column;
    align-items: center;
    gap: 6px;
    text-align: center;
  }

  :host([large]) {
    --size: clamp(132px, 12vw, 164px);
    gap: 10px;
  }

  .knob {
    position: relative;
    width: var(--size);
    height: var(--size);
    border-radius: 50%;
    cursor: ns-resize;
    touch-action: none;
    user-select: none;
  }

  svg {
    width: 100%;
    height: 100%;
    overflow: visible;
  }

  .groove,
  .arc {
    fill: none;
    stroke-width: 5;
    stroke-linecap: round;
  }

  :host([large]) .groove,
  :host([large]) .arc {
    stroke-width: 4;
  }

  .groove {
    stroke: #05070a;
  }

  .arc {
    stroke: var(--accent);
    filter: drop-shadow(0 0 3px color-mix(in srgb, var(--accent) 55%, transparent));
  }

  .tick {
    stroke: rgb(255 255 255 / 22%);
    stroke-width: 0.9;
    stroke-linecap: round;
  }

  .body {
    fill: url(#body);
    stroke: rgb(255 255 255 / 9%);
    stroke-width: 0.75;
  }

  .pointer {
    stroke: var(--text);
    stroke-width: 3;
    stroke-linecap: round;
  }

  :host([large]) .pointer {
    stroke-width: 2;
  }

  .centre {
    position: absolute;
    inset: 0;
    display: flex;
    flex-direction: column;
    align-items: center;
    justify-content: center;
    pointer-events: none;
  }

  .number {
    font-size: clamp(26px, 2.4vw, 34px);
    font-weight: 300;
    line-height: 1.05;
    letter-spacing: -0.02em;
  }

  .unit {
    color: var(--text-3);
    font-size: 11.5px;
  }

  .label {
    color: var(--text-2);
    font-size: 12.5px;
    font-weight: 500;
  }

  .value {
    color: var(--text-3);
    font-size: 12px;
    line-height: 1;
  }

  @media (forced-colors: active) {
    .groove {
      stroke: GrayText;
    }

    .arc,
    .pointer {
      stroke: Highlight;
      filter: none;
    }

    .tick {
      stroke: rgb(255 255 255 / 22%);
      stroke-width: 0.9;
      stroke-linecap: round;
    }

    .body {
      fill: ButtonFace;
      stroke: ButtonText;
    }
  }
`;
