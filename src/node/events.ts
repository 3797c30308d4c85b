import type { KernelName } from '../kernel/kernel.ts';
import type { MeterSnapshot } from '../separator/meters.ts';

/** At most 30 a second. The arrays are the node's own and are written again: copy what is to be kept. */
export class MeterEvent extends Event implements MeterSnapshot {
  declare readonly inputPeak: number;
  declare readonly inputRms: number;
  declare readonly outputPeak: number;
  declare readonly outputRms: number;
  declare readonly reduction: number;
  declare readonly faults: number;
  declare readonly sourceLevels: Float32Array;
  declare readonly activations: Float32Array;
  declare readonly spectra: MeterSnapshot['spectra'];

  constructor(snapshot: MeterSnapshot) {
    super('meters');
    Object.assign(this, snapshot);
  }
}

/** Which kernel runs, and why not a faster one ('' when it is the fastest). */
export class KernelEvent extends Event {
  readonly kernel: KernelName;
  readonly reason: string;

  constructor(kernel: KernelName, reason: string) {
    super('kernel');
    this.kernel = kernel;
    this.reason = reason;
  }
}

/** Something went wrong on the audio thread; sound goes on, dry. */
export class FaultEvent extends Event {
  readonly message: string;

  constructor(message: string) {
    super('fault');
    this.message = message;
  }
}
