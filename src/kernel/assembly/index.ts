/** Entry of the WebAssembly kernels; called by ../wasm-kernel.ts. */
export { reconstruct, project, ratioKullbackLeibler, ratioItakuraSaito, raiseActivations } from './matrix';
export { newtonSweep } from './newton';
export { scaleActivations, raise, logarithms, exponentials, correlate, maskGain } from './elementwise';
export { forward, inverse } from './fft';
