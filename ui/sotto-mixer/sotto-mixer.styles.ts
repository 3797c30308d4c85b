import { css } from 'lit';

export const styles = css`
  :host {
    display: flex;
    justify-content: safe center;
    gap: 10px;
    min-height: 0;
    padding: 1px;
    overflow-x: auto;
    scrollbar-width: thin;
    scrollbar-color: var(--raised-top) transparent;
  }

  sotto-fader {
    flex: 1 0 104px;
    max-width: 220px;
  }

  .empty {
    align-self: center;
    margin: auto;
    color: var(--text-3);
    font-size: 13px;
  }

  @media (max-width: 620px) {
    sotto-fader {
      max-width: none;
    }
  }
`;
