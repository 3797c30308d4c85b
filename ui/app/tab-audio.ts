import { textOf } from './plain-errors.ts';

/** The tab's own loudspeakers fall silent, so that only what Sotto makes of the sound is heard; nothing is to work on it before. */
const AUDIO = {
  echoCancellation: false,
  noiseSuppression: false,
  autoGainControl: false,
  suppressLocalAudioPlayback: true,
};

/** Options that not every browser, nor every type definition, knows. */
const OPTIONS: DisplayMediaStreamOptions & { systemAudio: string; selfBrowserSurface: string } = {
  // Without a picture no browser shares sound; as little of it as may be.
  video: { frameRate: 1 },
  audio: AUDIO as MediaTrackConstraints,
  systemAudio: 'include',
  selfBrowserSurface: 'exclude',
};

/** Whether this browser can share what another tab plays; not all that say so share its sound. */
export const canShareTabs = (): boolean => typeof navigator.mediaDevices?.getDisplayMedia === 'function';

/** Asks for another tab (or screen) and takes its sound. Throws an Error that says in plain words what went wrong. */
export async function openTabAudio(): Promise<MediaStream> {
  let stream: MediaStream;
  try {
    stream = await navigator.mediaDevices.getDisplayMedia(OPTIONS);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'NotAllowedError') {
      throw new Error('No tab was shared. Choose the tab that plays, with its sound.', { cause: error });
    }
    throw new Error(`The sound of another tab could not be had. ${textOf(error)}`, { cause: error });
  }
  if (stream.getAudioTracks().length === 0) {
    stream.getTracks().forEach((track) => track.stop());
    throw new Error('The tab was shared without its sound. Share it again and tick “Also share tab audio”.');
  }
  // Ending the picture would end the sound with it in some browsers.
  for (const track of stream.getVideoTracks()) track.enabled = false;
  return stream;
}
