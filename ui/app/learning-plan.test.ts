import { describe, expect, it } from 'vitest';
import { nameFor, planFor } from './learning-plan.ts';

const inUse = (sources: string[]) => ({ id: 'mine', name: 'Mine', sources });

describe('what is learned into a dictionary', () => {
  it('takes the place of the source of its kind in the one in use', () => {
    const own = inUse(['speech', 'street noise']);
    expect(planFor('noise', own)).toEqual({
      id: 'mine',
      name: 'Mine',
      label: 'street noise',
      kept: ['speech'],
    });
    expect(planFor('voice', own)).toMatchObject({ id: 'mine', label: 'speech', kept: ['street noise'] });
    expect(planFor('voice', inUse(['vocals', 'accompaniment']))).toMatchObject({ label: 'vocals' });
  });

  it('goes into the built-in one where that in use has no such source, nothing else, or is not there yet', () => {
    for (const other of [inUse(['vocals', 'accompaniment']), inUse(['noise']), inUse([])]) {
      expect(planFor('noise', other)).toMatchObject({ id: 'denoise', label: 'noise', kept: ['voice'] });
    }
  });

  it('has a name that says what is one’s own', () => {
    expect(nameFor('noise', ['voice'])).toBe('Voice + my noise');
    expect(nameFor('voice', ['noise'])).toBe('My voice + noise');
    expect(nameFor('sources', ['violin', 'drums'])).toBe('Violin + drums');
  });
});
