/** 0 to 255 each. */
export type HeatColour = readonly [red: number, green: number, blue: number];

/** From black over blue, violet and orange to pale yellow: brightness rises throughout, so it reads without colour too. */
const STOPS: readonly HeatColour[] = [
  [6, 6, 14],
  [34, 26, 92],
  [118, 34, 124],
  [206, 66, 84],
  [248, 146, 52],
  [252, 246, 186],
];

/** The colour of an intensity of 0 to 255 in a heat map. */
export function heatColour(shade: number): HeatColour {
  const position = (shade / 255) * (STOPS.length - 1);
  const index = Math.min(STOPS.length - 2, Math.floor(position));
  const part = position - index;
  const mix = (channel: 0 | 1 | 2): number =>
    Math.round(STOPS[index]![channel] + part * (STOPS[index + 1]![channel] - STOPS[index]![channel]));
  return [mix(0), mix(1), mix(2)];
}
