import { css } from 'lit';

export const styles = css`
  :host {
    --colour: var(--accent);
    display: flex;
    flex-direction: column;
    gap: 8px;
    min-width: 0;
    padding: 11px 12px 12px;
    border-radius: 12px;
    background: linear-gradient(rgb(255 255 255 / 2.5%), rgb(0 0 0 / 12%));
    box-shadow: 0 0 0 1px var(--line);
  }

  .name {
    display: flex;
    align-items: center;
    gap: 8px;
    color: var(--text);
    font-size: 13px;
    font-weight: 550;
    white-space: nowrap;
  }

  .name span {
    overflow: hidden;
    text-overflow: ellipsis;
  }

  .name::before {
    content: '';
    flex: none;
    width: 8px;
    height: 8px;
    border-radius: 50%;
    background: var(--colour);
    box-shadow: 0 0 8px color-mix(in srgb, var(--colour) 60%, transparent);
  }

  .strip {
    display: grid;
    grid-template-columns: 26px 38px 12px;
    justify-content: center;
    gap: 5px;
    flex: 1;
    min-height: 132px;
  }

  .scale {
    position: relative;
    margin: 11px 0;
    color: var(--text-3);
    font-size: 10px;
  }

  .scale span {
    position: absolute;
    right: 0;
    line-height: 0;
    white-space: nowrap;
  }

  .scale span::after {
    content: '';
    display: inline-block;
    width: 4px;
    height: 1px;
    margin-left: 4px;
    vertical-align: middle;
    background: rgb(255 255 255 / 22%);
  }

  .fader {
    position: relative;
    border-radius: 9px;
    cursor: ns-resize;
    touch-action: none;
    user-select: none;
  }

  .rail {
    position: absolute;
    inset: 11px calc(50% - 2.5px);
    border-radius: 3px;
    background: #05070a;
    box-shadow:
      inset 0 1px 2px rgb(0 0 0 / 80%),
      0 0 0 1px rgb(255 255 255 / 4%);
  }

  .fill {
    position: absolute;
    inset: auto 0 0;
    border-radius: 3px;
    background: linear-gradient(var(--colour), color-mix(in srgb, var(--colour) 45%, #10131a));
  }

  .cap {
    position: absolute;
    left: 1px;
    right: 1px;
    height: 22px;
    margin-bottom: -11px;
    border: 1px solid rgb(255 255 255 / 12%);
    border-radius: 6px;
    background: linear-gradient(#434b5c, #2c323f 48%, #222732 52%, #2a303c);
    box-shadow:
      0 3px 8px rgb(0 0 0 / 55%),
      inset 0 1px 0 rgb(255 255 255 / 12%);
  }

  .cap::after {
    content: '';
    position: absolute;
    left: 5px;
    right: 5px;
    top: 9px;
    height: 2px;
    border-radius: 1px;
    background: var(--colour);
  }

  .level {
    position: relative;
    overflow: hidden;
    margin: 11px 0;
    border-radius: 4px;
    background: #05070a;
    box-shadow: 0 0 0 1px rgb(255 255 255 / 4%);
  }

  .level i {
    position: absolute;
    inset: 0;
    background: linear-gradient(var(--colour), color-mix(in srgb, var(--colour) 35%, #0b0e13));
    transform: scaleY(0);
    transform-origin: bottom;
  }

  .readout {
    color: var(--text);
    font-size: 14px;
    font-weight: 500;
    text-align: center;
    line-height: 1;
  }

  .readout small {
    margin-left: 3px;
    color: var(--text-3);
    font-size: 11px;
    font-weight: 400;
  }

  .buttons {
    display: grid;
    grid-template-columns: 1fr 1fr;
    gap: 6px;
  }

  .buttons button {
    min-height: 26px;
    padding: 0;
    border-radius: 7px;
    font-size: 11.5px;
    font-weight: 600;
  }

  button.solo[aria-pressed='true'] {
    border-color: transparent;
    background: var(--warning);
    color: #1c1500;
  }

  button.mute[aria-pressed='true'] {
    border-color: transparent;
    background: var(--danger);
    color: #240306;
  }

  :host([silent]) .fill,
  :host([silent]) .level {
    opacity: 0.3;
  }

  @media (forced-colors: active) {
    .rail,
    .level {
      border: 1px solid CanvasText;
    }

    .fill,
    .level i,
    .name::before {
      forced-color-adjust: none;
    }

    .cap {
      border-color: ButtonText;
      background: ButtonFace;
    }

    button[aria-pressed='true'] {
      forced-color-adjust: none;
      background: Highlight !important;
      color: HighlightText !important;
    }
  }
`;
