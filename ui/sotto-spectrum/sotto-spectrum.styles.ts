import { css } from 'lit';

export const styles = css`
  :host {
    position: relative;
    min-height: 200px;
  }

  canvas {
    position: absolute;
    inset: 0;
    width: 100%;
    height: 100%;
  }

  .legend {
    position: absolute;
    top: 14px;
    left: 18px;
    right: 18px;
    display: flex;
    flex-wrap: wrap;
    gap: 4px 16px;
    align-items: center;
    pointer-events: none;
  }

  .chip {
    display: inline-flex;
    align-items: center;
    gap: 7px;
    color: var(--text-2);
    font-size: 12px;
  }

  .chip::before {
    content: '';
    width: 12px;
    height: 3px;
    border-radius: 2px;
    background: var(--chip);
  }

  .removed::before {
    height: 9px;
    opacity: 0.65;
  }
`;
