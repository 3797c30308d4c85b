import { SILENCE_DB, type ParameterInfo } from '../../src/parameters.ts';

/** What a knob or fader needs to know of its parameter. */
export type SliderInfo = Pick<
  ParameterInfo,
  'name' | 'label' | 'description' | 'minValue' | 'maxValue' | 'defaultValue' | 'step'
> & { readonly unit: ParameterInfo['unit'] | '%' };

/** Steps of PageUp and PageDown, and the fineness of a drag or key with Shift. */
const COARSE = 10;
const FINE = 0.1;

export const isGain = (info: SliderInfo): boolean => info.unit === 'dB' && info.minValue === SILENCE_DB;

/** Value in range, and on a tenth of a step. */
export function settle(value: number, info: SliderInfo): number {
  const grain = info.step * FINE;
  const limited = Math.min(info.maxValue, Math.max(info.minValue, value));
  return Number((Math.round(limited / grain) * grain).toFixed(4));
}

/** The number of a readout, without its unit. */
export function numberText(value: number, info: SliderInfo): string {
  if (isGain(info)) {
    if (value <= info.minValue) return '−∞';
    return `${value > 0 ? '+' : value < 0 ? '−' : ''}${Math.abs(value).toFixed(1)}`;
  }
  return value.toFixed(digits(info));
}

const digits = ({ unit, step }: SliderInfo): number =>
  unit === 'ms' || unit === '%' ? 0 : step < 0.5 ? 2 : 1;

/** The value as spoken by a screen reader. */
export function spokenText(value: number, info: SliderInfo): string {
  if (isGain(info) && value <= info.minValue) return 'off';
  const number = value.toFixed(digits(info));
  return info.unit ? `${number} ${info.unit === 'ms' ? 'milliseconds' : info.unit}` : number;
}

/** Value after a key (ARIA slider pattern, and Delete for the default); undefined when the key means nothing here. */
export function valueAfterKey(event: KeyboardEvent, value: number, info: SliderInfo): number | undefined {
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
  const step = info.step * (event.shiftKey ? FINE : 1);
  switch (event.key) {
    case 'ArrowUp':
    case 'ArrowRight':
      return settle(value + step, info);
    case 'ArrowDown':
    case 'ArrowLeft':
      return settle(value - step, info);
    case 'PageUp':
      return settle(value + step * COARSE, info);
    case 'PageDown':
      return settle(value - step * COARSE, info);
    case 'Home':
      return info.minValue;
    case 'End':
      return info.maxValue;
    case 'Delete':
    case 'Backspace':
      return info.defaultValue;
    default:
      return undefined;
  }
}

/**
 * Follows a pointer from its press to its release: `move` gets the distance since the last call in px, upwards positive and a tenth with Shift.
 */
export function followPointer(event: PointerEvent, move: (up: number) => void, done?: () => void): void {
  const target = event.currentTarget as HTMLElement;
  target.setPointerCapture(event.pointerId);
  let last = event.clientY;
  const onMove = (next: PointerEvent) => {
    move((last - next.clientY) * (next.shiftKey ? FINE : 1));
    last = next.clientY;
  };
  const onEnd = () => {
    target.removeEventListener('pointermove', onMove);
    done?.();
  };
  target.addEventListener('pointermove', onMove);
  target.addEventListener('lostpointercapture', onEnd, { once: true });
}
