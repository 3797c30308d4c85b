import { gainName, MAX_SOURCES, parameterInfo, SILENCE_DB } from '../../src/parameters.ts';

/** Faders, mute and solo of the panel, and what they come to as values of the separator's parameters. */
export class Mix {
  /** Values as the controls show them, by parameter name. */
  values: Record<string, number>;
  bypass = false;
  readonly muted = new Set<number>();
  readonly soloed = new Set<number>();

  constructor(values: Record<string, number>) {
    this.values = values;
  }

  value(name: string): number {
    return this.values[name] ?? parameterInfo(name).defaultValue;
  }

  set(name: string, value: number): void {
    const { minValue, maxValue } = parameterInfo(name);
    this.values[name] = Math.min(maxValue, Math.max(minValue, value));
  }

  toggle(set: Set<number>, source: number): void {
    if (!set.delete(source)) set.add(source);
  }

  clear(): void {
    this.muted.clear();
    this.soloed.clear();
  }

  /**
   * What the separator gets. A muted source is one whose fader is all the way down. With a solo the others are cut as deeply as can be,
   * whatever the reduction, because one solos a source to hear what it consists of.
   */
  effective(): Record<string, number> {
    const values = { ...this.values, bypass: this.bypass ? 1 : 0 };
    const solo = this.soloed.size > 0;
    for (let source = 0; source < MAX_SOURCES; source++) {
      const silent = solo ? !this.soloed.has(source) : this.muted.has(source);
      const name = gainName(source);
      values[name as keyof typeof values] = silent ? SILENCE_DB : this.value(name);
    }
    return solo ? { ...values, reduction: parameterInfo('reduction').maxValue } : values;
  }
}
