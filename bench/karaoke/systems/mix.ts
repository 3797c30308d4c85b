import type { System } from './system.ts';

/** The song as it is, for backing and for voice: what gains are counted from. */
export const mixSystem: System = {
  name: 'mix',
  description: 'the song as it is',
  latency: () => 0,
  separate: ({ mix }) => ({ backing: mix, voice: mix, respond: (channels) => channels }),
};
