/** Seconds until the first reflection, which keeps the words clear. */
const PRE_DELAY = 0.018;
/** Hz; a room swallows what is above. */
const DAMPING = 5000;

/**
 * The impulse response of a room that is none: noise that decays by 60 dB in `seconds`, duller than it began, other noise in each
 * channel, which makes it wide. Each channel has unit energy, so that the send's gain is that of the reverberation.
 */
export function roomImpulse(sampleRate: number, seconds: number, channels = 2): Float32Array[] {
  const delay = Math.round(PRE_DELAY * sampleRate);
  const length = delay + Math.round(seconds * sampleRate);
  const smooth = Math.exp((-2 * Math.PI * DAMPING) / sampleRate);
  return Array.from({ length: channels }, (_, channel) => {
    const impulse = new Float32Array(length);
    let state = (0x9e3779b9 ^ (channel * 0x85ebca6b)) | 1;
    let filtered = 0;
    let energy = 0;
    for (let n = delay; n < length; n++) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      filtered += (1 - smooth) * (state / 2 ** 31 - filtered);
      const value = filtered * 10 ** ((-3 * (n - delay)) / (seconds * sampleRate));
      impulse[n] = value;
      energy += value * value;
    }
    const scale = 1 / Math.sqrt(energy);
    return impulse.map((value) => value * scale);
  });
}
