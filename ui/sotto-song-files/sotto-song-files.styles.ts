import { css } from 'lit';

export const styles = css`
  :host {
    display: flex;
    flex-direction: column;
    gap: 10px;
  }

  .row {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(112px, 1fr));
    gap: 8px;
  }

  .files {
    grid-template-columns: repeat(auto-fit, minmax(176px, 1fr));
  }

  .button {
    overflow: hidden;
    justify-content: flex-start;
    color: var(--text);
    text-overflow: ellipsis;
  }

  .button small {
    margin-left: auto;
    color: var(--text-3);
    font-size: 11px;
  }

  .progress {
    display: flex;
    align-items: center;
    gap: 10px;
  }

  progress {
    flex: 1;
    min-width: 40px;
    height: 6px;
    border: 0;
    border-radius: 3px;
    appearance: none;
    background: var(--sunken);
    overflow: hidden;
  }

  progress::-webkit-progress-bar {
    background: var(--sunken);
  }

  progress::-webkit-progress-value {
    background: var(--accent);
  }

  progress::-moz-progress-bar {
    background: var(--accent);
  }

  .about {
    margin: 0;
    color: var(--text-3);
    font-size: 12px;
    line-height: 1.45;
  }
`;
