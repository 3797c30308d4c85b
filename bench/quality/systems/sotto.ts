import type { Dictionary } from '../../../src/dictionary/index.ts';
import { dictionaryForLayout } from '../../../src/separator/frame-model.ts';
import { gainName, SILENCE_DB } from '../../../src/parameters.ts';
import { frameLayout, type LatencyMode } from '../../../src/separator/latency-modes.ts';
import { Separator, type SeparatorConfiguration } from '../../../src/separator/separator.ts';
import { noiseProfile, tunedSources, tuningMaterial } from '../../../src/training/index.ts';
import { QUANTUM, SAMPLE_RATE } from '../material.ts';
import type { System } from './system.ts';

export interface SottoOptions extends Partial<
  Pick<SeparatorConfiguration, 'solver' | 'iterations' | 'kernel'>
> {
  readonly dictionary: Dictionary;
  /** Default 'balanced'. */
  readonly mode?: LatencyMode;
  /** Default `sotto-` and the mode. */
  readonly name?: string;
  /** Controls by name (parameters.ts); they come after the fader of the noise, which is down. */
  readonly parameters?: Readonly<Record<string, number>>;
  /** Learns the noise from the material's profile first; the options are those of noiseProfile. */
  readonly profile?: boolean | Parameters<typeof noiseProfile>[2];
}

/** Sotto's engine, set as `sotto denoise` sets it: the sources whose label is "noise" down, the rest as it is. */
export function sottoSystem(options: SottoOptions): System {
  const { mode = 'balanced', profile = false, solver, iterations, kernel } = options;
  const noise =
    options.dictionary.sources.find(({ label }) => label.toLowerCase() === 'noise')?.label ?? 'noise';
  return {
    name: options.name ?? `sotto-${profile ? 'profile' : mode}`,
    description: `Sotto, mode ${mode}, dictionary "${options.dictionary.name}"${profile ? ', 3 s of the noise learned' : ''}`,
    open(material) {
      let { dictionary } = options;
      if (profile) {
        const recording = { name: 'the noise before', samples: material.profile, sampleRate: SAMPLE_RATE };
        // Learned on the grid on which the atoms will be used.
        const fitted = dictionaryForLayout(dictionary, frameLayout(mode, SAMPLE_RATE));
        const learning = { label: noise, ...(profile === true ? {} : profile) };
        const learned = noiseProfile(recording, fitted, learning).dictionary;
        const known = tuningMaterial(fitted, [{ label: noise, recordings: [recording] }]);
        dictionary = known ? tunedSources(fitted, learned, known, { sampleRate: SAMPLE_RATE }) : learned;
      }
      const separator = new Separator();
      for (const [s, source] of dictionary.sources.entries()) {
        if (source.label === noise) separator.setParameter(gainName(s), SILENCE_DB);
      }
      for (const [name, value] of Object.entries(options.parameters ?? {}))
        separator.setParameter(name, value);
      separator.configure({
        sampleRate: SAMPLE_RATE,
        channels: 1,
        mode,
        dictionary,
        solver,
        iterations,
        kernel,
      });
      return {
        process: (input, output) => separator.process([input], [output], QUANTUM),
      };
    },
  };
}
