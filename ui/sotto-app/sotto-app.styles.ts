import { css } from 'lit';

export const styles = css`
  :host {
    display: flex;
    flex-direction: column;
    gap: var(--gap);
    max-width: 1680px;
    min-height: 100vh;
    min-height: 100dvh;
    margin: 0 auto;
    padding: 14px 18px 18px;
  }

  header {
    display: grid;
    grid-template-columns: 1fr auto 1fr;
    align-items: center;
    gap: 12px 20px;
  }

  .left {
    display: flex;
    align-items: center;
    gap: 18px;
    min-width: 0;
  }

  .brand {
    display: flex;
    align-items: center;
    gap: 14px;
    min-width: 0;
  }

  h1 {
    margin: 0;
    font-size: 21px;
    font-weight: 600;
    letter-spacing: -0.02em;
    line-height: 1;
  }

  .power {
    flex: none;
    width: 42px;
    height: 42px;
    min-height: 42px;
    padding: 0;
    border-radius: 50%;
    color: var(--text-3);
  }

  .power[aria-checked='true'] {
    border-color: color-mix(in srgb, var(--accent) 40%, transparent);
    background: radial-gradient(circle at 50% 30%, #24433f, #16282a);
    box-shadow:
      0 0 18px color-mix(in srgb, var(--accent) 24%, transparent),
      inset 0 1px 0 rgb(255 255 255 / 8%);
    color: var(--accent);
  }

  .power:focus-visible {
    box-shadow: var(--focus);
  }

  .presets {
    display: flex;
    align-items: center;
    gap: 8px;
    /* The reset button hangs beside, so that the choice stays in the middle. */
    position: relative;
  }

  .presets[hidden] {
    display: none;
  }

  .state {
    grid-column: -2;
  }

  .reset {
    position: absolute;
    left: calc(100% + 10px);
    border-color: transparent;
    background: none;
    box-shadow: none;
  }

  .reset:focus-visible {
    box-shadow: var(--focus);
  }

  .state {
    display: inline-flex;
    align-items: center;
    justify-self: end;
    gap: 9px;
    color: var(--text-2);
    font-size: 12.5px;
    white-space: nowrap;
  }

  .state::before {
    content: '';
    width: 8px;
    height: 8px;
    border-radius: 50%;
    background: #5a6274;
  }

  .state.playing::before {
    background: var(--accent);
    box-shadow: 0 0 10px var(--accent);
  }

  .state.bypassed::before {
    background: var(--warning);
    box-shadow: none;
  }

  .banner {
    display: flex;
    align-items: center;
    gap: 10px;
    margin: 0;
    padding: 10px 16px;
    border-radius: 12px;
    background: color-mix(in srgb, var(--warning) 15%, transparent);
    color: var(--warning);
    font-size: 13.5px;
  }

  sotto-headphones,
  sotto-sample-rate,
  sotto-toast {
    position: fixed;
  }

  main {
    display: flex;
    flex: 1;
  }

  sotto-panel {
    min-width: 0;
  }

  .drop {
    position: fixed;
    z-index: 15;
    inset: 12px;
    display: grid;
    place-content: center;
    gap: 6px;
    border: 2px dashed color-mix(in srgb, var(--accent) 70%, transparent);
    border-radius: 22px;
    background: rgb(10 13 18 / 84%);
    backdrop-filter: blur(6px);
    text-align: center;
    pointer-events: none;
  }

  .drop b {
    font-size: 20px;
    font-weight: 550;
  }

  .drop span {
    color: var(--text-2);
  }

  @media (max-width: 940px) {
    header {
      grid-template-columns: auto 1fr;
    }

    .left {
      display: contents;
    }

    .state {
      grid-row: 1;
      grid-column: 2;
    }

    .views {
      grid-row: 2;
      grid-column: 1;
    }

    .presets {
      grid-row: 2;
      grid-column: 2;
      flex-direction: row-reverse;
      justify-self: end;
    }

    .reset {
      position: static;
      padding: 0 6px;
    }
  }

  @media (max-width: 620px) {
    :host {
      padding: 12px;
    }

    .views {
      grid-column: 1 / -1;
    }

    .presets {
      grid-row: 3;
      grid-column: 1 / -1;
      flex-direction: row;
      justify-self: stretch;
    }

    .presets sotto-segmented {
      flex: 1;
    }
  }
`;
