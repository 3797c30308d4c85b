import type { System } from './system.ts';

/** The mixture as it is: what gains are counted from. */
export const noisy: System = {
  name: 'noisy',
  description: 'the mixture as it is',
  open: () => ({ process: (input, output) => output.set(input) }),
};
