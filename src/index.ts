export { createSeparator, SeparatorNode } from './node/separator-node.ts';
export type { SeparatorContext, SeparatorOptions } from './node/separator-node.ts';
export { FaultEvent, KernelEvent, MeterEvent } from './node/events.ts';
export { loadDictionary } from './node/load-dictionary.ts';
export type { DictionarySource } from './node/load-dictionary.ts';
export { MAX_SOURCES, PARAMETERS, parameterInfo, type ParameterInfo } from './parameters.ts';
export { PRESETS, type Preset, type PresetId } from './presets.ts';
export { frameLayout, LATENCY_MODES, type FrameLayout, type LatencyMode } from './separator/latency-modes.ts';
export { Separator, type SeparatorConfiguration } from './separator/separator.ts';
export { render, type RenderConfiguration } from './separator/render.ts';
export * from './dictionary/index.ts';
export {
  FineTuning,
  type FineTuningOptions,
  type FineTuningProgress,
  type TuningMaterial,
} from './training/fine-tuning/fine-tune.ts';
export type { Recording } from './training/recording.ts';
export { factorize } from './nmf/factorize.ts';
