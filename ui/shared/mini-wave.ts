import { svg, type SVGTemplateResult } from 'lit';

/** An outline (0 to 1) as a filled shape, `width` by `height` units, for a thumbnail. */
export function miniWave(outline: Float32Array, width: number, height: number): SVGTemplateResult {
  const bars = Math.floor(width / 3);
  let path = '';
  for (let bar = 0; bar < bars; bar++) {
    const from = Math.floor((bar * outline.length) / bars);
    const to = Math.max(from + 1, Math.floor(((bar + 1) * outline.length) / bars));
    const level = outline.subarray(from, to).reduce((most, value) => Math.max(most, value), 0);
    const tall = Math.max(1.5, level * height);
    path += `M${bar * 3 + 1} ${((height - tall) / 2).toFixed(1)}v${tall.toFixed(1)}`;
  }
  return svg`<svg
    width=${width}
    height=${height}
    viewBox="0 0 ${width} ${height}"
    aria-hidden="true"
    fill="none"
    stroke="currentColor"
    stroke-width="2"
    stroke-linecap="round"
  ><path d=${path}></path></svg>`;
}
