import { css } from 'lit';

export const styles = css`
  :host {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 10px 16px;
    min-width: 0;
  }

  .about {
    min-width: 0;
    max-width: 310px;
    line-height: 1.3;
  }

  .name {
    overflow: hidden;
    font-size: 13.5px;
    font-weight: 550;
    text-overflow: ellipsis;
    white-space: nowrap;
  }

  .credit {
    overflow: hidden;
    color: var(--text-3);
    font-size: 11px;
    text-overflow: ellipsis;
    white-space: nowrap;
  }

  .select {
    max-width: 240px;
  }

  @media (max-width: 620px) {
    :host {
      width: 100%;
    }

    sotto-segmented {
      width: 100%;
    }

    .about {
      max-width: none;
      flex: 1;
    }

    .credit {
      white-space: normal;
    }
  }
`;
