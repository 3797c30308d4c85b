import { html, svg, type SVGTemplateResult, type TemplateResult } from 'lit';

const line = (shape: SVGTemplateResult, size = 16): TemplateResult =>
  html`<svg
    width=${size}
    height=${size}
    viewBox="0 0 16 16"
    fill="none"
    stroke="currentColor"
    stroke-width="1.5"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
  >
    ${shape}
  </svg>`;

const solid = (shape: SVGTemplateResult, size = 16): TemplateResult =>
  html`<svg width=${size} height=${size} viewBox="0 0 16 16" fill="currentColor" aria-hidden="true">
    ${shape}
  </svg>`;

export const icons = {
  power: line(svg`<path d="M8 2v5.500M4.700 4.200a5 5 0 1 0 6.600 0"/>`, 18),
  play: solid(
    svg`<path d="M5 3.200c0-.7.750-1.100 1.350-.75l7 4.300c.55.350.550 1.150 0 1.500l-7 4.300c-.6.350-1.350-.05-1.350-.75z"/>`,
    18,
  ),
  pause: solid(
    svg`<rect x="3.500" y="2.500" width="3" height="11" rx="1"/><rect x="9.500" y="2.500" width="3" height="11" rx="1"/>`,
    18,
  ),
  microphone: line(
    svg`<rect x="5.750" y="1.750" width="4.500" height="7.500" rx="2.250"/><path d="M3.250 7.500a4.750 4.750 0 0 0 9.500 0M8 12.250v2"/>`,
  ),
  file: line(svg`<path d="M2.500 12.500v-9h4l1.500 2h5.500v7z"/>`),
  tab: line(
    svg`<rect x="2" y="3" width="12" height="10" rx="1.500"/><path d="M2 6.250h12M4.250 4.650h.01M6.250 4.650h.01"/>`,
  ),
  wave: line(svg`<path d="M2 7v2M5 4.500v7M8 2.500v11M11 5.500v5M14 7v2"/>`),
  loop: line(
    svg`<path d="M3 8V7a2.750 2.750 0 0 1 2.750-2.750H13M10.750 2 13 4.250 10.750 6.500M13 8v1a2.750 2.750 0 0 1-2.750 2.750H3M5.250 14 3 11.750 5.250 9.500"/>`,
  ),
  speaker: line(
    svg`<path d="M2 6v4h2.500L8 13V3L4.500 6zM10.750 5.750a3.250 3.250 0 0 1 0 4.500M12.750 3.750a6 6 0 0 1 0 8.500"/>`,
  ),
  muted: line(svg`<path d="M2 6v4h2.500L8 13V3L4.500 6zM11 6.250l3.500 3.500M14.500 6.250 11 9.750"/>`),
  reset: line(svg`<path d="M3 3v3.500h3.500M3.250 6.500a5 5 0 1 1-.2 2.750"/>`, 14),
  open: line(svg`<path d="M8 10.500V2.500M5 5.250l3-2.750 3 2.750M2.500 10.500v3h11v-3"/>`, 14),
  download: line(svg`<path d="M8 2.500v8M5 7.750l3 2.750 3-2.750M2.500 10.500v3h11v-3"/>`, 14),
  warning: line(svg`<path d="M8 2.250 14.500 13.500h-13zM8 6.750v3M8 11.600v.01"/>`, 14),
  plus: line(svg`<path d="M8 3v10M3 8h10"/>`, 14),
  minus: line(svg`<path d="M3 8h10"/>`, 14),
  check: line(svg`<path d="m3 8.500 3.500 3.500L13 4.500"/>`),
  stop: solid(svg`<rect x="3.500" y="3.500" width="9" height="9" rx="1.500"/>`, 14),
  pencil: line(svg`<path d="m10.500 3 2.500 2.500L5.500 13H3v-2.500zM9 4.500 11.500 7"/>`, 14),
  bin: line(
    svg`<path d="M2.500 4.500h11M6.500 4.500V2.750h3V4.500M4 4.500l.6 8.750h6.800L12 4.500M6.750 7v4M9.250 7v4"/>`,
    14,
  ),
  lock: line(
    svg`<rect x="3" y="7" width="10" height="6.500" rx="1.500"/><path d="M5.250 7V5a2.750 2.750 0 0 1 5.500 0v2"/>`,
    14,
  ),
  eye: line(
    svg`<path d="M1.500 8S4 3.500 8 3.500 14.500 8 14.500 8 12 12.500 8 12.500 1.500 8 1.500 8z"/><circle cx="8" cy="8" r="2"/>`,
    14,
  ),
  rain: line(
    svg`<path d="M4.500 9.500a3 3 0 0 1 .2-6 3.750 3.750 0 0 1 7 1.250 2.400 2.400 0 0 1-.2 4.750M5.500 11.500l-.75 2M8.500 11.500l-.75 2M11.500 11.500l-.75 2"/>`,
    20,
  ),
  voice: line(
    svg`<circle cx="6" cy="5.250" r="2.500"/><path d="M1.750 13.500a4.250 4.250 0 0 1 8.500 0M11.500 3.500a4 4 0 0 1 0 3.750M13.500 2a6.500 6.500 0 0 1 0 6.750"/>`,
    20,
  ),
  layers: line(
    svg`<path d="m8 2 6 3-6 3-6-3zM2.500 8.250 8 11l5.500-2.750M2.500 11.250 8 14l5.500-2.750"/>`,
    20,
  ),
  close: line(svg`<path d="m4 4 8 8M12 4l-8 8"/>`, 14),
  headphones: line(
    svg`<path d="M2.500 10.500V8a5.500 5.500 0 0 1 11 0v2.500M2.500 9.500h2v4h-1a1 1 0 0 1-1-1zM13.500 9.500h-2v4h1a1 1 0 0 0 1-1z"/>`,
    26,
  ),
};
