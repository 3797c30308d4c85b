import { css } from 'lit';

export const styles = css`
  :host {
    position: relative;
    min-height: 110px;
  }

  canvas {
    position: absolute;
    inset: 0;
    width: 100%;
    height: 100%;
  }
`;
