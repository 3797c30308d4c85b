/** Hz. */
const CHORDS = [
  [196, 247, 294],
  [220, 262, 330],
  [175, 220, 262],
  [147, 185, 220],
];

/** Plucked chords, one every half second, again and again. `rate` in Hz. */
export function chords(seconds: number, rate: number): Float32Array {
  return Float32Array.from({ length: seconds * rate }, (_, i) => {
    const t = i / rate;
    const since = t % 0.5;
    let sum = 0;
    for (const f of CHORDS[Math.floor(t / 0.5) % CHORDS.length]!) {
      for (let n = 1; n <= 5; n++) sum += Math.sin(2 * Math.PI * n * f * t) / n ** 1.5;
    }
    return 0.06 * sum * Math.exp(-3 * since) * Math.min(1, since / 0.005);
  });
}

/** A line with vibrato and a formant, sung from `from` seconds on. */
export function sung(seconds: number, rate: number, from = 0): Float32Array {
  const notes = [392, 440, 349, 523, 466, 392, 330, 415];
  let phase = 0;
  let pitch = notes[0]!;
  return Float32Array.from({ length: seconds * rate }, (_, i) => {
    const t = i / rate;
    const wanted = notes[Math.floor(t / 0.7) % notes.length]!;
    pitch += (wanted - pitch) * Math.min(1, 25 / rate);
    phase += (2 * Math.PI * pitch * (1 + 0.012 * Math.sin(2 * Math.PI * 5.5 * t))) / rate;
    if (t < from) return 0;
    let sum = 0;
    for (let n = 1; n * pitch < 0.4 * rate; n++) {
      const formant = Math.exp(-(((n * pitch - 900) / 700) ** 2)) + 0.2 / n;
      sum += formant * Math.sin(n * phase);
    }
    return 0.12 * sum * Math.min(1, 12 * (t % 0.7), 12 * (0.7 - (t % 0.7)));
  });
}
