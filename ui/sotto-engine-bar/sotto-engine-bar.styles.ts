import { css } from 'lit';

export const styles = css`
  :host {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 12px 28px;
  }

  .group {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 12px;
    min-width: 0;
  }

  .select {
    max-width: 230px;
  }

  .facts {
    color: var(--text-3);
    font-size: 12px;
  }

  .facts b {
    color: var(--text-2);
    font-weight: 500;
  }

  .mark {
    padding: 1px 7px;
    border-radius: 20px;
    background: rgb(255 255 255 / 7%);
    color: var(--text-2);
    font-size: 11px;
  }

  .latency {
    color: var(--text-2);
    font-size: 12.5px;
    white-space: nowrap;
  }

  .latency b {
    color: var(--text);
    font-weight: 550;
  }

  .latency span {
    color: var(--text-3);
  }

  .kernel {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    padding: 3px 10px;
    border-radius: 20px;
    background: rgb(255 255 255 / 6%);
    color: var(--text-2);
    font-size: 11.5px;
    white-space: nowrap;
  }

  .kernel.slow {
    background: color-mix(in srgb, var(--warning) 16%, transparent);
    color: var(--warning);
    white-space: normal;
  }

  @media (max-width: 620px) {
    :host {
      align-items: stretch;
      flex-direction: column;
    }

    .group {
      width: 100%;
    }

    .select {
      flex: 1 1 160px;
      max-width: none;
    }

    sotto-segmented {
      width: 100%;
    }
  }
`;
