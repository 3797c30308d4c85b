export { AudioFileError, SAMPLE_FORMATS } from './audio.ts';
export type { Audio, SampleFormat } from './audio.ts';
export { isWav, readWav } from './wav-reader.ts';
export { writeWav } from './wav-writer.ts';
export type { WrittenWav } from './wav-writer.ts';
