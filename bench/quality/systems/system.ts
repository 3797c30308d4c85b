import { QUANTUM, type Material } from '../material.ts';

/** A running system with its state: one channel, 48 kHz. */
export interface Suppressor {
  /** One render quantum: QUANTUM samples in, as many out. Must not change `input`. */
  process(input: Float32Array, output: Float32Array): void;
  close?(): void;
}

/** Something to be measured. */
export interface System {
  readonly name: string;
  readonly description: string;
  /** It is told what nobody can know: no peer, but a bound. */
  readonly oracle?: boolean;
  /** A fresh one for one recording. The material is known as a whole; only an oracle may use `clean` and `noise`. */
  open(material: Material): Suppressor | Promise<Suppressor>;
}

/** The whole mixture through a system, quantum by quantum, and `tail` samples of silence after it. */
export async function run(system: System, material: Material, tail = 0): Promise<Float32Array> {
  const suppressor = await system.open(material);
  const { mixture } = material;
  const count = Math.ceil((mixture.length + tail) / QUANTUM);
  const result = new Float32Array(count * QUANTUM);
  const input = new Float32Array(QUANTUM);
  for (let from = 0; from < result.length; from += QUANTUM) {
    const part = mixture.subarray(Math.min(from, mixture.length), Math.min(from + QUANTUM, mixture.length));
    input.fill(0);
    input.set(part);
    suppressor.process(input, result.subarray(from, from + QUANTUM));
  }
  suppressor.close?.();
  return result;
}
