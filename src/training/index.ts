export { corpusFrames } from './corpus.ts';
export type { Corpus, CorpusOptions, TrainingLayout } from './corpus.ts';
export { fitDictionaryToRecording } from './fit-recording.ts';
export { learnSources } from './learn-sources.ts';
export type { LearningJob } from './learn-sources.ts';
export { noiseProfile } from './noise-profile.ts';
export type { NoiseProfileOptions } from './noise-profile.ts';
export { unusable } from './recording.ts';
export type { Recording, RecordingMessage, RecordingProblem } from './recording.ts';
export { RESAMPLED_PASSBAND, resampleAudio } from './resample-audio.ts';
export { trainDictionary, training } from './train-dictionary.ts';
export type {
  SourceMaterial,
  TrainingProgress,
  TrainingResult,
  TrainingSettings,
} from './train-dictionary.ts';
