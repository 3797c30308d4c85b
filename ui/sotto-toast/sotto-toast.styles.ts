import { css } from 'lit';

export const styles = css`
  :host {
    position: fixed;
    z-index: 20;
    right: max(16px, env(safe-area-inset-right));
    bottom: max(16px, env(safe-area-inset-bottom));
    width: min(420px, calc(100vw - 32px));
    pointer-events: none;
  }

  .region {
    display: grid;
    gap: 10px;
  }

  .toast {
    display: flex;
    align-items: flex-start;
    gap: 12px;
    padding: 13px 12px 13px 16px;
    border: 1px solid rgb(255 255 255 / 12%);
    border-left: 3px solid var(--danger);
    border-radius: 12px;
    background: #232936;
    box-shadow: 0 18px 50px rgb(0 0 0 / 60%);
    font-size: 13.5px;
    line-height: 1.45;
    pointer-events: auto;
    animation: rise 180ms ease-out;
  }

  .toast.info {
    border-left-color: #8fb6ff;
  }

  .text {
    flex: 1;
    padding-top: 2px;
    overflow-wrap: anywhere;
  }

  .action {
    min-height: 28px;
    color: var(--text);
  }

  button:not(.action) {
    width: 28px;
    min-height: 28px;
    padding: 0;
    border-color: transparent;
    background: none;
    box-shadow: none;
  }

  button:not(.action):focus-visible {
    box-shadow: var(--focus);
  }

  @keyframes rise {
    from {
      opacity: 0;
      transform: translateY(10px);
    }
  }
`;
