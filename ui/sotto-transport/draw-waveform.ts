import type { AudioSession } from '../app/audio-session.ts';
import { rangeOf } from '../app/playhead.ts';
import type { CanvasView } from '../shared/canvas.ts';

/** Width of a bar of the waveform and of the gap after it, px. */
const BAR = 2;
const GAP = 1.5;

/**
 * Draws the song with its position, and what is left out by a loop dimmed; or the last `levels` (0 to 1) of a microphone, which runs in
 * from the right.
 */
export function drawWaveform(
  { context, width, height }: CanvasView,
  { deck, status, karaoke }: AudioSession,
  levels: readonly number[],
): void {
  context.clearRect(0, 0, width, height);
  const bars = Math.floor(width / (BAR + GAP));
  const { player, waveform } = deck;
  const played = player ? player.position / player.duration : 0;
  const loop = rangeOf(karaoke.marks);
  for (let bar = 0; bar < bars; bar++) {
    let level = 0;
    let light = false;
    if (deck.live) {
      level = levels[levels.length - bars + bar] ?? 0;
      light = status === 'playing';
    } else if (waveform.length > 0) {
      const last = Math.floor(((bar + 1) * waveform.length) / bars);
      for (let i = Math.floor((bar * waveform.length) / bars); i <= last; i++) {
        level = Math.max(level, waveform[i] ?? 0);
      }
      light = bar / bars < played;
    }
    const tall = Math.max(2, level * (height - 8));
    const place = (bar / bars) * (player?.duration ?? 0);
    const left = loop !== undefined && (place < loop.start || place > loop.end);
    context.fillStyle = `rgb(219 228 245 / ${(light ? 100 : 24) * (left ? 0.4 : 1)}%)`;
    context.beginPath();
    context.roundRect(bar * (BAR + GAP), (height - tall) / 2, BAR, tall, 1);
    context.fill();
  }
  if (player) {
    context.fillStyle = '#ffffff';
    context.fillRect(Math.min(width - 1.5, played * width), 2, 1.5, height - 4);
  }
}
