import { css } from 'lit';

export const styles = css`
  :host {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 14px;
    min-height: 38px;
  }

  p {
    flex: 1 1 200px;
    margin: 0;
    color: var(--text-2);
    font-size: 13px;
  }

  .failure {
    color: var(--text);
  }

  .bar {
    flex: 1 1 120px;
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
