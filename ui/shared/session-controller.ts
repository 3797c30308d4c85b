import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { AudioSession } from '../app/audio-session.ts';

/** Follows a session while its element is on the page: renders it at every change, and hands it the meters without a rendering. */
export class SessionController implements ReactiveController {
  readonly #host: ReactiveControllerHost & { session?: AudioSession };
  readonly #onMeters: (() => void) | undefined;
  #session: AudioSession | undefined;

  constructor(host: ReactiveControllerHost & { session?: AudioSession }, onMeters?: () => void) {
    this.#host = host;
    this.#onMeters = onMeters;
  }

  hostConnected(): void {
    this.hostUpdate();
  }

  hostUpdate(): void {
    if (this.#session === this.#host.session) return;
    this.hostDisconnected();
    this.#session = this.#host.session;
    this.#session?.addEventListener('change', this.#changed);
    this.#session?.addEventListener('meters', this.#metered);
  }

  hostDisconnected(): void {
    this.#session?.removeEventListener('change', this.#changed);
    this.#session?.removeEventListener('meters', this.#metered);
    this.#session = undefined;
  }

  readonly #changed = (): void => this.#host.requestUpdate();
  readonly #metered = (): void => this.#onMeters?.();
}

/** Gives an element a {@link SessionController}. */
export const followSession = (
  host: ReactiveControllerHost & { session?: AudioSession },
  onMeters?: () => void,
): void => host.addController(new SessionController(host, onMeters));
