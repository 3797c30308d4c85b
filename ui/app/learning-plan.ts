import { titled } from '../shared/text.ts';

/** What is to be learned: the user's noise, or voice, in the place of a dictionary's own; or sources of the user's choice. */
export type Task = 'noise' | 'voice' | 'sources';

const KINDS = { noise: /noise|background/i, voice: /voice|vocal|speech|sing/i };

/** The dictionary that goes on with one source learned anew. */
export interface Plan {
  /** On the shelf. */
  readonly id: string;
  readonly name: string;
  /** The source that is learned. */
  readonly label: string;
  /** The sources that stay. */
  readonly kept: readonly string[];
}

/** Where the dictionary in use has no such source, or no other. */
const BUILT_IN = { id: 'denoise', name: 'Denoise', sources: ['voice', 'noise'] };

/** For the dictionary in use, or the built-in one where that has no source of the kind beside others. */
export function planFor(
  task: Exclude<Task, 'sources'>,
  inUse: { id: string; name: string; sources: readonly string[] },
): Plan {
  for (const { id, name, sources } of [inUse, BUILT_IN]) {
    const label = sources.find((source) => KINDS[task].test(source));
    const kept = sources.filter((source) => source !== label);
    if (label !== undefined && kept.length > 0) return { id, name, label, kept };
  }
  throw new RangeError(`There is no dictionary with a ${task}.`);
}

/** How the learned dictionary is called unless the user says otherwise. */
export function nameFor(task: Task, labels: readonly string[]): string {
  const all = labels.join(' + ');
  if (task === 'noise') return `${titled(all)} + my noise`;
  return task === 'voice' ? `My voice + ${all}` : titled(all);
}
