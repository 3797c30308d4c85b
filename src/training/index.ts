export { corpusFrames } from './corpus.ts';
export type { Corpus, CorpusOptions, TrainingLayout } from './corpus.ts';
export { fitDictionaryToRecording } from './fit-recording.ts';
export { FineTuning } from './fine-tuning/fine-tune.ts';
export type { TuningMaterial } from './fine-tuning/fine-tune.ts';
export { tunedSources, tuningMaterial } from './fine-tuning/tune-sources.ts';
export { learnSources } from './learn-sources.ts';
export type { LearningJob } from './learn-sources.ts';
export { refinement, refineOnMixtures } from './discriminative.ts';
export type {
  RefinementMaterial,
  RefinementOptions,
  RefinementProgress,
  RefinementResult,
} from './discriminative.ts';
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
export { createShardHandler, createLocalPool } from './parallel/handler.ts';
export type { ShardPool, ShardReply, ShardRequest } from './parallel/messages.ts';
export { factorizeParallel } from './parallel/parallel-factorize.ts';
export type { ParallelOptions } from './parallel/parallel-factorize.ts';
export { createPortPool } from './parallel/port-pool.ts';
export type { ShardPort } from './parallel/port-pool.ts';
export { trainDictionaryParallel } from './train-parallel.ts';
export type { ParallelTrainingSettings } from './train-parallel.ts';
export { SongStudy } from './study/song-study.ts';
export type { SongStudyOptions, StudyProgress, StudyResult } from './study/song-study.ts';
export { studySong } from './study/study-song.ts';
export type { Song } from './study/study-song.ts';
