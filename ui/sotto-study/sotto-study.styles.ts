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
  }
`;
