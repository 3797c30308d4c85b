import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { QUANTUM } from '../material.ts';
import { frameSuppressor } from './framing.ts';
import type { Suppressor, System } from './system.ts';
import { runInWorkletScope } from './worklet-scope.ts';

/** The bench's own packages. */
export const PACKAGES = fileURLToPath(new URL('../../node_modules', import.meta.url));

const SAPPHI = path.join(PACKAGES, '@sapphi-red/web-noise-suppressor/dist');
const JITSI = path.join(PACKAGES, '@jitsi/rnnoise-wasm/dist/rnnoise-sync.js');
const SHIGUREDO = path.join(PACKAGES, '@shiguredo/rnnoise-wasm/dist/rnnoise.js');

/** RNNoise takes 16-bit numbers. */
const FULL_SCALE = 32768;
const RNNOISE_FRAME = 480;

/** Whether the packages are there. */
export const peersInstalled = (): boolean => [SAPPHI, JITSI, SHIGUREDO].every((file) => existsSync(file));

/** The noise suppressors that npm carries, as they are published. */
export const peers = (): System[] => [
  worklet('speex', 'Speex preprocessor, @sapphi-red/web-noise-suppressor 0.4.1', 'speex', 'speex.wasm'),
  worklet(
    'rnnoise-0.1',
    'RNNoise 0.1, @sapphi-red/web-noise-suppressor 0.4.1',
    'rnnoise',
    'rnnoise_simd.wasm',
  ),
  jitsi(),
  shiguredo(),
  worklet('gtcrn', 'GTCRN, @sapphi-red/web-noise-suppressor 0.4.1', 'gtcrn', 'gtcrn.wasm'),
];

/** An AudioWorkletProcessor of the package as it is: script, wasm and all buffering. */
function worklet(name: string, description: string, kind: string, wasm: string): System {
  return {
    name,
    description,
    async open(): Promise<Suppressor> {
      const { processors } = runInWorkletScope(path.join(SAPPHI, kind, 'workletProcessor.js'));
      const [Processor] = processors.values();
      if (!Processor) throw new Error(`The worklet ${kind} registers no processor; the package has changed.`);
      const bytes = new Uint8Array(readFileSync(path.join(SAPPHI, wasm)));
      const processor = new Processor({ processorOptions: { maxChannels: 1, wasmBinary: bytes.buffer } });
      await ready(() => (processor as unknown as { processor?: object }).processor !== undefined, kind);
      // Speex works in the input's own array.
      const copy = new Float32Array(QUANTUM);
      const inputs = [[copy]];
      const outputs: Float32Array[][] = [[]];
      return {
        process(input, output) {
          copy.set(input);
          outputs[0]![0] = output;
          processor.process(inputs, outputs, {});
        },
      };
    },
  };
}

/** The processors load their wasm when they are made, and pass nothing until it is there. */
async function ready(done: () => boolean, name: string): Promise<void> {
  for (let tries = 0; !done(); tries++) {
    if (tries > 2000) throw new Error(`The worklet ${name} did not start within 10 s.`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** What Emscripten makes of the C functions. */
interface RnnoiseModule {
  readonly HEAPF32: Float32Array;
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  _rnnoise_create(model: number): number;
  _rnnoise_destroy(state: number): void;
  _rnnoise_process_frame(state: number, output: number, input: number): number;
}

function jitsi(): System {
  let module: RnnoiseModule | undefined;
  return {
    name: 'rnnoise-0.2',
    description: 'RNNoise 0.2, @jitsi/rnnoise-wasm 0.2.1 (synchronous build)',
    open() {
      module ??= (runInWorkletScope(JITSI).exports['default'] as () => RnnoiseModule)();
      const wasm = module;
      const {
        _rnnoise_create: create,
        _rnnoise_process_frame: processFrame,
        _rnnoise_destroy: destroy,
      } = wasm;
      const { _malloc: allocate, _free: free } = wasm;
      const state = create(0);
      const pointer = allocate(4 * RNNOISE_FRAME);
      const at = pointer / 4;
      const frames = frameSuppressor(RNNOISE_FRAME, (samples) => {
        for (let i = 0; i < RNNOISE_FRAME; i++) wasm.HEAPF32[at + i] = FULL_SCALE * samples[i]!;
        processFrame(state, pointer, pointer);
        const result = wasm.HEAPF32.subarray(at, at + RNNOISE_FRAME);
        for (let i = 0; i < RNNOISE_FRAME; i++) result[i]! /= FULL_SCALE;
        return result;
      });
      return {
        ...frames,
        close() {
          destroy(state);
          free(pointer);
        },
      };
    },
  };
}

interface DenoiseState {
  /** In place. */
  processFrame(frame: Float32Array): number;
  destroy(): void;
}

interface Rnnoise {
  createDenoiseState(): DenoiseState;
}

function shiguredo(): System {
  let rnnoise: Promise<Rnnoise> | undefined;
  return {
    name: 'rnnoise-2025',
    description: 'RNNoise with the large model of 2025, @shiguredo/rnnoise-wasm 2025.1.5',
    async open() {
      rnnoise ??= (runInWorkletScope(SHIGUREDO).exports['Rnnoise'] as { load(): Promise<Rnnoise> }).load();
      const state = (await rnnoise).createDenoiseState();
      const frame = new Float32Array(RNNOISE_FRAME);
      const frames = frameSuppressor(RNNOISE_FRAME, (samples) => {
        for (let i = 0; i < RNNOISE_FRAME; i++) frame[i] = FULL_SCALE * samples[i]!;
        state.processFrame(frame);
        for (let i = 0; i < RNNOISE_FRAME; i++) frame[i]! /= FULL_SCALE;
        return frame;
      });
      return { ...frames, close: () => state.destroy() };
    },
  };
}
