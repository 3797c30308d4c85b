import { css } from 'lit';

/** A modal question: icon, heading, text, choices. */
export const dialog = css`
  dialog {
    width: min(430px, calc(100vw - 32px));
    padding: 28px;
    border: 1px solid rgb(255 255 255 / 10%);
    border-radius: 20px;
    background: linear-gradient(#222836, #191e28);
    box-shadow: 0 40px 120px rgb(0 0 0 / 70%);
    color: var(--text);
  }

  dialog::backdrop {
    background: rgb(5 7 11 / 66%);
    backdrop-filter: blur(5px);
  }

  .icon {
    color: var(--accent);
  }

  h2 {
    margin: 16px 0 8px;
    font-size: 19px;
    font-weight: 600;
    letter-spacing: -0.01em;
  }

  p {
    margin: 0 0 22px;
    color: var(--text-2);
    font-size: 14px;
    line-height: 1.55;
  }

  .choices {
    display: flex;
    flex-wrap: wrap;
    gap: 10px;
  }

  button {
    flex: 1;
    min-height: 40px;
    font-size: 13.5px;
  }

  .first {
    border-color: transparent;
    background: linear-gradient(#f6f9ff, #d2dbea);
    color: #10141c;
  }

  .first:hover {
    color: #000;
  }

  button:focus-visible {
    box-shadow: var(--focus);
  }
`;
