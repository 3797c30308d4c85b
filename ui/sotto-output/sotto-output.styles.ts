import { css } from 'lit';

export const styles = css`
  :host {
    display: flex;
    flex-direction: column;
    gap: 12px;
    min-height: 0;
  }

  .meters {
    display: flex;
    flex: 1;
    justify-content: space-around;
    gap: 12px;
    min-height: 118px;
  }

  .row {
    display: flex;
    align-items: center;
    gap: 10px;
  }

  .row button {
    flex: none;
  }

  .speakers {
    width: 34px;
    padding: 0;
  }

  .speakers[aria-pressed='true'] {
    color: var(--warning);
  }

  input[type='range'] {
    --part: 80%;
    flex: 1;
    min-width: 60px;
    height: 24px;
    margin: 0;
    appearance: none;
    background: none;
    border-radius: 8px;
    cursor: pointer;
  }

  input[type='range']::-webkit-slider-runnable-track {
    height: 5px;
    border-radius: 3px;
    background: linear-gradient(90deg, #cfd8e8 var(--part), #05070a var(--part));
    box-shadow: 0 0 0 1px rgb(255 255 255 / 5%);
  }

  input[type='range']::-moz-range-track {
    height: 5px;
    border-radius: 3px;
    background: linear-gradient(90deg, #cfd8e8 var(--part), #05070a var(--part));
  }

  input[type='range']::-webkit-slider-thumb {
    appearance: none;
    width: 16px;
    height: 16px;
    margin-top: -5.5px;
    border: 1px solid rgb(0 0 0 / 40%);
    border-radius: 50%;
    background: linear-gradient(#fff, #c9d2e2);
    box-shadow: 0 2px 5px rgb(0 0 0 / 50%);
  }

  input[type='range']::-moz-range-thumb {
    width: 14px;
    height: 14px;
    border: 1px solid rgb(0 0 0 / 40%);
    border-radius: 50%;
    background: #e6ecf6;
  }

  .percent {
    min-width: 38px;
    color: var(--text-3);
    font-size: 12px;
    text-align: right;
  }

  .record {
    flex: 1 !important;
  }

  .record::before {
    content: '';
    width: 9px;
    height: 9px;
    border-radius: 50%;
    background: var(--danger);
  }

  .record[aria-pressed='true'] {
    border-color: color-mix(in srgb, var(--danger) 55%, transparent);
    color: var(--text);
  }

  .record[aria-pressed='true']::before {
    border-radius: 2px;
    box-shadow: 0 0 10px var(--danger);
  }

  @media (forced-colors: active) {
    input[type='range'] {
      appearance: auto;
    }

    .record::before {
      forced-color-adjust: none;
    }

    button[aria-pressed='true'] {
      forced-color-adjust: none;
      background: Highlight;
      color: HighlightText;
    }
  }
`;
