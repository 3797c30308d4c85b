/** A priori SNR that is supposed where speech is present: 15 dB. */
const SPEECH_RATIO = 10 ** 1.5;
/** Seconds: noise power, speech probability, and the power whose minima are kept, are smoothed with these. */
const PSD_TIME = 0.072;
const PROBABILITY_TIME = 0.152;
const MINIMUM_TIME = 0.03;
/** Smoothed probability above which a bin counts as stuck, and the most that its probability may then be. */
const STUCK = 0.99;
/**
 * The lowest smoothed power of the last second or so bounds the estimate from below: kept in this many parts of this
 * many seconds.
 */
const PARTS = 4;
const PART_TIME = 0.25;
/** Seconds at the start of which the estimate is a plain mean. */
const SETTLING = 0.05;
/** What soft decisions leave out of the mean of exponentially distributed powers, given back in the result. */
const BIAS = 1.18;
/** Relative to the mean power of a frame: lower powers are not told from none. */
const RELATIVE_FLOOR = 1e-9;
/** Power of digital silence, below that of any sound: its estimate must not become zero. */
const TINY = 1e-25;

/**
 * The power spectrum of the noise under speech, and how likely each bin is to hold speech: Gerkmann and Hendriks,
 * "Unbiased MMSE-based noise power estimation with low complexity and low tracking delay" (IEEE TASLP 20(4), 2012),
 * with fixed priors. A bin whose noise has risen for good would count as speech for long: the minimum of its power over
 * the last second bounds it from below.
 *
 * Time constants are held in seconds. Everything scales with the signal's power. A frame that is not finite is left
 * out.
 */
export class NoiseTracker {
  /** Power of the noise, one value a bin, on the scale of the powers that come in. */
  psd: Float32Array = new Float32Array(0);
  /**
   * Probability that a bin of the last frame holds speech, one value a bin; 1 in the first frames, whose mean becomes
   * the estimate: what they hold cannot be told.
   */
  presence: Float32Array = new Float32Array(0);
  #estimate = new Float32Array(0);
  #probability = new Float32Array(0);
  #smooth = new Float32Array(0);
  #minima: Float32Array[] = [];
  #part = 0;
  #inPart = 0;
  #frames = 0;
  #hop = 0;

  /** `hop` in seconds. */
  configure({ bins, hop }: { readonly bins: number; readonly hop: number }): void {
    this.psd = new Float32Array(bins);
    this.presence = new Float32Array(bins);
    this.#estimate = new Float32Array(bins);
    this.#probability = new Float32Array(bins);
    this.#smooth = new Float32Array(bins);
    this.#minima = Array.from({ length: PARTS }, () => new Float32Array(bins));
    this.#hop = hop;
    this.reset();
  }

  reset(): void {
    this.psd.fill(0);
    this.presence.fill(1);
    this.#probability.fill(0.5);
    for (const minimum of this.#minima) minimum.fill(Infinity);
    this.#part = 0;
    this.#inPart = 0;
    this.#frames = 0;
  }

  /** `power`: |X|^2, at least `bins` values. */
  process(power: ArrayLike<number>): void {
    const bins = this.psd.length;
    let sum = 0;
    for (let f = 0; f < bins; f++) sum += power[f]!;
    if (!(sum < Infinity)) return;
    const floor = (RELATIVE_FLOOR * sum) / bins + TINY;
    const hop = this.#hop;
    this.#frames++;
    const settling = this.#frames * hop <= SETTLING || this.#frames === 1;
    const mean = 1 - 1 / this.#frames;
    const keep = settling ? mean : Math.exp(-hop / PSD_TIME);
    const keepProbability = Math.exp(-hop / PROBABILITY_TIME);
    const keepSmooth = settling ? mean : Math.exp(-hop / MINIMUM_TIME);
    const minimum = this.#nextMinimum();
    for (let f = 0; f < bins; f++) {
      const now = power[f]! > floor ? power[f]! : floor;
      const last = this.#estimate[f]!;
      let speech = 0;
      if (!settling) {
        const exponent = (now / last) * (SPEECH_RATIO / (1 + SPEECH_RATIO));
        speech = 1 / (1 + (1 + SPEECH_RATIO) * Math.exp(-exponent));
      }
      this.presence[f] = settling ? 1 : speech;
      const probability = keepProbability * this.#probability[f]! + (1 - keepProbability) * speech;
      this.#probability[f] = probability;
      if (probability > STUCK && speech > STUCK) speech = STUCK;
      // With its neighbours: the fewer powers in a mean, the deeper its minimum lies below the noise.
      const around = 0.25 * ((f > 0 ? power[f - 1]! : now) + 2 * now + (f < bins - 1 ? power[f + 1]! : now));
      const smooth = keepSmooth * this.#smooth[f]! + (1 - keepSmooth) * around;
      this.#smooth[f] = smooth;
      if (smooth < minimum[f]!) minimum[f] = smooth;
      let estimate = keep * last + (1 - keep) * (speech * last + (1 - speech) * now);
      if (!settling) {
        let least = minimum[f]!;
        for (let p = 0; p < PARTS; p++) if (this.#minima[p]![f]! < least) least = this.#minima[p]![f]!;
        if (least > estimate) estimate = least;
      }
      this.#estimate[f] = estimate;
      this.psd[f] = BIAS * estimate;
    }
  }

  /** The minima of the part of a second that is now, begun anew where the last is full. */
  #nextMinimum(): Float32Array {
    if (++this.#inPart * this.#hop > PART_TIME) {
      this.#inPart = 1;
      this.#part = (this.#part + 1) % PARTS;
      this.#minima[this.#part]!.fill(Infinity);
    }
    return this.#minima[this.#part]!;
  }
}
