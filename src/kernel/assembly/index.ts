/** Entry of the WebAssembly kernels; called by ../wasm-kernel.ts. */
export { reconstruct, project, ratioKullbackLeibler, ratioItakuraSaito } from './matrix';
export { newtonSweep } from './newton';
export { scaleActivations, maskGain } from './elementwise';
