import { css } from 'lit';

export const styles = css`
  :host {
    display: flex;
    align-items: center;
    gap: 14px;
    min-width: 0;
  }

  .play {
    flex: none;
    width: 46px;
    height: 46px;
    padding: 0;
    border-radius: 50%;
    border-color: transparent;
    background: linear-gradient(#f6f9ff, #ccd5e6);
    box-shadow:
      0 4px 14px rgb(0 0 0 / 45%),
      inset 0 1px 0 #fff;
    color: #10141c;
  }

  .play:hover {
    color: #000;
    background: linear-gradient(#fff, #dbe3f1);
  }

  .play:focus-visible {
    box-shadow: var(--focus);
  }

  .wave {
    flex: 1;
    min-width: 60px;
  }

  .seek {
    position: relative;
    height: 46px;
    border-radius: 8px;
    cursor: pointer;
    touch-action: none;
  }

  .seek[aria-disabled='true'] {
    cursor: default;
  }

  canvas {
    position: absolute;
    inset: 0;
    width: 100%;
    height: 100%;
  }

  .time {
    flex: none;
    min-width: 84px;
    color: var(--text-2);
    font-size: 12.5px;
    text-align: right;
    white-space: nowrap;
  }

  .time span {
    color: var(--text-3);
  }

  .now {
    color: var(--text);
    font-weight: 500;
  }

  .side,
  .buttons {
    display: flex;
    flex: none;
    align-items: center;
    gap: 8px 14px;
  }

  .buttons {
    gap: 6px;
  }

  :host([large]) .seek {
    height: 84px;
  }

  :host([large]) .side {
    flex-direction: column;
    align-items: flex-end;
  }

  .wave {
    position: relative;
  }

  .hint {
    position: absolute;
    inset: auto 0 8px;
    margin: 0;
    color: var(--text-3);
    font-size: 12.5px;
    text-align: center;
    pointer-events: none;
  }

  .mark {
    min-width: 34px;
    min-height: 34px;
    padding: 0 8px;
  }

  .mark[aria-pressed='true'] {
    color: var(--accent);
    border-color: color-mix(in srgb, var(--accent) 35%, transparent);
  }

  @media (max-width: 620px) {
    :host([large]) {
      flex-wrap: wrap;
    }

    :host([large]) .wave {
      flex-basis: 100%;
      order: 1;
    }

    :host([large]) .side {
      flex: 1;
      flex-direction: row;
      justify-content: space-between;
    }
  }

  .loop {
    flex: none;
    width: 34px;
    height: 34px;
    padding: 0;
  }

  .loop[aria-pressed='true'] {
    color: var(--accent);
    border-color: color-mix(in srgb, var(--accent) 35%, transparent);
  }

  @keyframes turn {
    to {
      transform: rotate(1turn);
    }
  }

  .wait {
    width: 17px;
    height: 17px;
    border: 2px solid rgb(16 20 28 / 25%);
    border-top-color: #10141c;
    border-radius: 50%;
    animation: turn 0.8s linear infinite;
  }

  @media (forced-colors: active) {
    .loop[aria-pressed='true'] {
      forced-color-adjust: none;
      background: Highlight;
      color: HighlightText;
    }
  }
`;
