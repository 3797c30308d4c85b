import { css } from 'lit';

export const styles = css`
  :host {
    position: relative;
    height: 24px;
    margin-top: 4px;
  }

  .rail {
    position: absolute;
    top: 11px;
    right: 0;
    left: 0;
    height: 2px;
    border-radius: 1px;
    background: var(--line);
  }

  .range {
    position: absolute;
    top: 9px;
    height: 6px;
    border-radius: 3px;
    background: color-mix(in srgb, var(--accent) 45%, transparent);
  }

  .handle {
    position: absolute;
    display: grid;
    place-content: center;
    width: 24px;
    height: 24px;
    margin-left: -12px;
    border: 1px solid color-mix(in srgb, var(--accent) 45%, transparent);
    border-radius: 7px;
    background: #16282a;
    color: var(--accent);
    font-size: 11px;
    font-weight: 650;
    line-height: 1;
    cursor: ew-resize;
    touch-action: none;
    user-select: none;
  }

  .handle:focus-visible {
    z-index: 1;
    box-shadow: var(--focus);
  }

  @media (forced-colors: active) {
    .range {
      forced-color-adjust: none;
      background: Highlight;
    }
  }
`;
