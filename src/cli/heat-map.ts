import { atomImage, heatColour } from '../dictionary/index.ts';
import type { AtomImage, Dictionary, HeatColour } from '../dictionary/index.ts';
import { writePng } from './png.ts';

const GAP: HeatColour = [150, 150, 158];
const GAP_WIDTH = 2;
const PICTURE_WIDTH = 960;
const PICTURE_HEIGHT = 384;

/** A PNG of all atoms, with a grey line between sources, and the map that it shows. */
export function heatMapPng(d: Dictionary): { bytes: Uint8Array; image: AtomImage } {
  const perAtom = Math.max(1, Math.floor(PICTURE_WIDTH / d.atomCount));
  const image = atomImage(d, { width: d.atomCount * perAtom, height: PICTURE_HEIGHT });
  const width = image.width + GAP_WIDTH * (image.sources.length - 1);
  const pixels = new Uint8Array(width * image.height);
  for (let y = 0; y < image.height; y++) {
    for (const [s, { from, to }] of image.sources.entries()) {
      const at = y * width + s * GAP_WIDTH;
      // Shade 255 is taken for the gaps, which costs the picture nothing that can be seen.
      for (let x = from; x < to; x++) pixels[at + x] = Math.min(254, image.pixels[y * image.width + x]!);
      if (to < image.width) pixels.fill(255, at + to, at + to + GAP_WIDTH);
    }
  }
  const colours = Array.from({ length: 256 }, (_, shade) =>
    shade < 255 ? heatColour((shade * 255) / 254) : GAP,
  );
  return { bytes: writePng({ width, height: image.height, pixels, colours }), image };
}

const ROWS = 14;
const AXIS_WIDTH = 7;
const SHADES = ' ░▒▓█';

/** A heat map of a few lines for a terminal of `columns` characters; without colour, shades of grey. */
export function heatMapText(d: Dictionary, columns: number, colour: boolean): string {
  const room = Math.max(8, Math.min(columns, 120) - AXIS_WIDTH - 2 * d.sources.length);
  const perAtom = Math.min(4, Math.floor(room / d.atomCount));
  const image = atomImage(d, {
    width: perAtom > 0 ? d.atomCount * perAtom : room,
    // Two pixels in a character: the upper half is its ink, the lower half its ground.
    height: colour ? 2 * ROWS : ROWS,
  });
  const lines: string[] = [];
  for (let row = 0; row < ROWS; row++) {
    const top = image.highest * (image.lowest / image.highest) ** ((row + 0.5) / ROWS);
    const cells = image.sources.map(({ from, to }) => {
      let cell = '';
      for (let x = from; x < to; x++) cell += colour ? coloured(image, x, 2 * row) : shaded(image, x, row);
      return cell + (colour ? '\x1b[0m' : '');
    });
    const label = row % 3 === 0 || row === ROWS - 1 ? hertz(top) : '';
    lines.push(`${label.padStart(AXIS_WIDTH - 1)} ${cells.join(' ')}`);
  }
  const labels = image.sources.map(({ label, from, to }) => label.slice(0, to - from).padEnd(to - from));
  lines.push(`${' '.repeat(AXIS_WIDTH)}${labels.join(' ')}`.trimEnd());
  return lines.join('\n');
}

function coloured(image: AtomImage, x: number, y: number): string {
  const [r, g, b] = heatColour(image.pixels[y * image.width + x]!);
  const [r2, g2, b2] = heatColour(image.pixels[(y + 1) * image.width + x]!);
  return `\x1b[38;2;${r};${g};${b};48;2;${r2};${g2};${b2}m▀`;
}

function shaded(image: AtomImage, x: number, y: number): string {
  return SHADES[
    Math.min(SHADES.length - 1, Math.floor((image.pixels[y * image.width + x]! / 256) * SHADES.length))
  ]!;
}

/** "350", "1.2k", "16k". */
const hertz = (frequency: number): string =>
  frequency < 1000 ? `${Math.round(frequency)}` : `${(frequency / 1000).toFixed(frequency < 9950 ? 1 : 0)}k`;
