import { css } from 'lit';

/** The surfaces on which a view stands. */
export const card = css`
  .card {
    position: relative;
    min-width: 0;
    border-radius: var(--radius);
    background: linear-gradient(var(--surface-top), var(--surface) 130px);
    box-shadow:
      0 0 0 1px var(--line),
      inset 0 1px 0 rgb(255 255 255 / 4%),
      0 12px 36px rgb(0 0 0 / 28%);
  }

  h2 {
    margin: 0;
    color: var(--text-2);
    font-size: 12.5px;
    font-weight: 600;
  }

  .primary {
    min-height: 38px;
    padding: 0 20px;
    border-color: transparent;
    background: linear-gradient(#f6f9ff, #d2dbea);
    color: #10141c;
    font-size: 13px;
  }

  .primary:hover {
    border-color: transparent;
    color: #000;
  }

  .primary:focus-visible {
    box-shadow: var(--focus);
  }

  .quiet {
    width: 32px;
    padding: 0;
    border-color: transparent;
    background: none;
    box-shadow: none;
    color: var(--text-3);
  }

  .quiet:focus-visible {
    box-shadow: var(--focus);
  }

  .failure {
    display: flex;
    align-items: flex-start;
    gap: 8px;
    margin: 0;
    padding: 9px 13px;
    border-radius: 10px;
    background: color-mix(in srgb, var(--warning) 12%, transparent);
    color: var(--warning);
    font-size: 12.5px;
    line-height: 1.45;
    overflow-wrap: anywhere;
  }

  .failure svg {
    margin-top: 2px;
  }

  input[type='text'],
  input[type='number'] {
    min-height: 34px;
    min-width: 0;
    padding: 0 11px;
    border: 1px solid var(--line);
    border-radius: var(--radius-small);
    background: var(--sunken);
    font-size: 12.5px;
  }

  input:hover {
    border-color: var(--line-strong);
  }

  input::placeholder {
    color: var(--text-3);
    opacity: 1;
  }

  @media (forced-colors: active) {
    .card {
      border: 1px solid CanvasText;
    }
  }
`;
