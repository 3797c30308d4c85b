/** The browser's own processing is off: it would run before Sotto and take part of the sound away. */
const CONSTRAINTS = {
  echoCancellation: false,
  noiseSuppression: false,
  autoGainControl: false,
} satisfies MediaTrackConstraints;

/** Opens a microphone; '' is the system's choice. Rejects with the browser's DOMException. */
export async function openMicrophone(deviceId: string): Promise<MediaStream> {
  if (!navigator.mediaDevices?.getUserMedia) {
    throw new DOMException('This browser gives no microphone to this page.', 'NotFoundError');
  }
  try {
    const chosen = deviceId ? { deviceId: { exact: deviceId } } : {};
    return await navigator.mediaDevices.getUserMedia({ audio: { ...CONSTRAINTS, ...chosen } });
  } catch (error) {
    // The remembered one may have been unplugged since.
    const gone = error instanceof DOMException && error.name === 'OverconstrainedError';
    if (!deviceId || !gone) throw error;
    return navigator.mediaDevices.getUserMedia({ audio: CONSTRAINTS });
  }
}

/** Names are empty until the microphone has been allowed once. */
export async function listMicrophones(): Promise<{ id: string; label: string }[]> {
  const devices = (await navigator.mediaDevices?.enumerateDevices?.()) ?? [];
  return devices
    .filter((device) => device.kind === 'audioinput' && device.label)
    .map((device) => ({ id: device.deviceId, label: device.label }));
}

export const stopStream = (stream: MediaStream | undefined): void =>
  stream?.getTracks().forEach((track) => track.stop());
