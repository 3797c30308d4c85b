import { css } from 'lit';

export const styles = css`
  :host {
    display: grid;
    gap: 10px;
    align-content: start;
    min-width: 0;
  }

  .zone {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: center;
    gap: 10px 16px;
    min-height: 84px;
    padding: 14px 18px;
    border: 1.5px dashed var(--line-strong);
    border-radius: 12px;
    background: rgb(255 255 255 / 1.5%);
    transition:
      border-color 120ms,
      background 120ms;
  }

  :host([compact]) .zone {
    min-height: 56px;
    padding: 8px 12px;
  }

  .zone.over {
    border-color: var(--accent);
    background: color-mix(in srgb, var(--accent) 8%, transparent);
  }

  .zone.recording {
    flex-wrap: nowrap;
    border-style: solid;
    border-color: color-mix(in srgb, var(--danger) 45%, transparent);
    background: color-mix(in srgb, var(--danger) 6%, transparent);
  }

  .or {
    color: var(--text-3);
    font-size: 12.5px;
  }

  .record {
    min-height: 38px;
    padding: 0 16px;
    border-radius: 20px;
    color: var(--text);
    font-size: 13px;
  }

  :host([compact]) .record {
    min-height: 32px;
    font-size: 12.5px;
  }

  .record .dot {
    width: 10px;
    height: 10px;
    border-radius: 50%;
    background: var(--danger);
  }

  .stop {
    flex: none;
    border-color: color-mix(in srgb, var(--danger) 50%, transparent);
  }

  .stop svg {
    color: var(--danger);
  }

  .level {
    flex: 1;
    height: 8px;
    min-width: 60px;
    overflow: hidden;
    border-radius: 4px;
    background: var(--sunken);
    box-shadow: inset 0 1px 2px rgb(0 0 0 / 60%);
  }

  .level i {
    display: block;
    height: 100%;
    border-radius: 4px;
    background: linear-gradient(90deg, #2f9e8b, var(--accent) 70%, var(--warning) 88%, var(--danger));
    transform: scaleX(0);
    transform-origin: left;
    transition: transform 90ms linear;
  }

  .left {
    flex: none;
    min-width: 108px;
    color: var(--text-2);
    font-size: 12.5px;
    text-align: right;
  }

  ul {
    display: grid;
    gap: 4px;
    margin: 0;
    padding: 0;
    list-style: none;
  }

  li {
    display: grid;
    grid-template-columns: 84px minmax(0, 1fr) auto auto;
    align-items: center;
    gap: 4px 12px;
    padding: 5px 4px 5px 10px;
    border-radius: 10px;
    background: rgb(255 255 255 / 3%);
  }

  .wave {
    color: color-mix(in srgb, var(--source, var(--accent)) 75%, var(--text-3));
  }

  .unused .wave,
  .unused .name {
    color: var(--text-3);
  }

  .about {
    display: grid;
    min-width: 0;
    font-size: 12.5px;
    line-height: 1.35;
  }

  .name {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }

  .advice {
    display: flex;
    align-items: flex-start;
    gap: 5px;
    color: var(--text-3);
    font-size: 11.5px;
    overflow-wrap: anywhere;
  }

  .unused .advice {
    color: var(--warning);
  }

  .advice svg {
    margin-top: 1px;
  }

  .seconds {
    color: var(--text-2);
    font-size: 12px;
    white-space: nowrap;
  }

  .remove {
    width: 30px;
    min-height: 30px;
    padding: 0;
    border-color: transparent;
    background: none;
    box-shadow: none;
    color: var(--text-3);
  }

  .remove:focus-visible {
    box-shadow: var(--focus);
  }

  @media (max-width: 620px) {
    .or {
      display: none;
    }

    .zone.recording {
      flex-wrap: wrap;
    }

    .zone.recording .left {
      min-width: 0;
    }

    li {
      grid-template-columns: 48px minmax(0, 1fr) auto auto;
    }

    .wave {
      overflow: hidden;
    }
  }

  @media (forced-colors: active) {
    .level {
      forced-color-adjust: none;
    }
  }
`;
