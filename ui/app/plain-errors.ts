/** Says in plain words why the microphone did not start. */
export function microphoneMessage(error: unknown): string {
  const name = error instanceof DOMException ? error.name : '';
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'The microphone was refused. Allow it for this page in the address bar, then try again.';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'No microphone was found. Plug one in, or play the demo clip or a file.';
    case 'NotReadableError':
    case 'AbortError':
      return 'The microphone could not be opened. Another program may be using it.';
    default:
      return `The microphone could not be started. ${textOf(error)}`.trim();
  }
}

/** Says in plain words why a file did not play. */
export const fileMessage = (name: string): string =>
  `“${name}” is not an audio file that this browser can play. WAV, MP3, FLAC, Ogg and M4A usually work.`;

export const dictionaryMessage = (name: string, error: unknown): string =>
  `The dictionary “${name}” was not loaded. ${textOf(error)}`;

export const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export const INSECURE_MESSAGE =
  'This page is not served securely, so the browser will not process sound here. Open it over https, or from localhost.';
