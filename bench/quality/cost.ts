import { QUANTUM, SAMPLE_RATE, type Material } from './material.ts';
import type { System } from './systems/system.ts';

/** Seconds of sound: a whole number of every frame length among the systems (480, 512, 768 samples) and of quanta. */
const SECONDS = 4.8;
const WARM_UPS = 3;
const REPEATS = 5;

export interface Cost {
  /** CPU seconds per second of sound. */
  readonly cpu: number;
  /** Milliseconds: 99 of 100 quanta take no longer. */
  readonly burst: number;
  /** The same as a part of the time that a quantum lasts. */
  readonly load: number;
}

/**
 * What processing alone costs, after a warm-up. The sound goes through again and again; of the repeats the fastest counts, for each quantum
 * apart where bursts are looked for: what is left is the system's own work, and not that of others on the machine.
 */
export async function measureCost(system: System, material: Material): Promise<Cost> {
  const length = Math.floor((SECONDS * SAMPLE_RATE) / QUANTUM) * QUANTUM;
  const sound = new Float32Array(length);
  for (let i = 0; i < length; i++) sound[i] = material.mixture[i % material.mixture.length]!;
  const suppressor = await system.open(material);
  const quanta = length / QUANTUM;
  const blocks = Array.from({ length: quanta }, (_, q) => sound.subarray(q * QUANTUM, (q + 1) * QUANTUM));
  const output = new Float32Array(QUANTUM);
  const pass = (): void => {
    for (const block of blocks) suppressor.process(block, output);
  };
  for (let i = 0; i < WARM_UPS; i++) pass();

  let cpu = Infinity;
  for (let i = 0; i < REPEATS; i++) {
    const before = process.cpuUsage();
    pass();
    const { user, system: kernel } = process.cpuUsage(before);
    cpu = Math.min(cpu, (user + kernel) / 1e6);
  }
  const fastest = new Float64Array(quanta).fill(Infinity);
  for (let i = 0; i < REPEATS; i++) {
    for (let q = 0; q < quanta; q++) {
      const before = performance.now();
      suppressor.process(blocks[q]!, output);
      fastest[q] = Math.min(fastest[q]!, performance.now() - before);
    }
  }
  suppressor.close?.();
  const burst = fastest.toSorted()[Math.ceil(0.99 * quanta) - 1]!;
  return { cpu: (cpu * SAMPLE_RATE) / length, burst, load: (burst * SAMPLE_RATE) / (1000 * QUANTUM) };
}
