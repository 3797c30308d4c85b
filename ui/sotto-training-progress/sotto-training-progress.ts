import { html, LitElement, nothing, svg, type SVGTemplateResult, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Curve, Trainer } from '../app/trainer.ts';
import { controls } from '../shared/controls.styles.ts';
import { progressBar } from '../shared/progress-bar.styles.ts';
import { sourceColours } from '../shared/source-colours.ts';
import { titled } from '../shared/text.ts';
import { styles } from './sotto-training-progress.styles.ts';

const WIDTH = 600;
const HEIGHT = 160;
const PAD = 6;

/** A curve of the divergence on a logarithmic axis, each source from its own beginning to the lowest of all. */
function chart(curves: readonly Curve[], labels: readonly string[]): SVGTemplateResult {
  const colours = sourceColours(labels);
  let lowest = 0;
  const relative = curves.map(({ points }) => {
    const first = points[1] || 1;
    return points.map((value, i) => (i % 2 === 0 ? value : Math.log(Math.max(1e-6, value / first))));
  });
  for (const points of relative) points.forEach((value, i) => i % 2 && (lowest = Math.min(lowest, value)));
  lowest = Math.min(-0.5, lowest);
  const x = (fraction: number) => PAD + fraction * (WIDTH - 2 * PAD);
  const y = (level: number) => PAD + (level / lowest) * (HEIGHT - 2 * PAD);
  return svg`
    ${[0.25, 0.5, 0.75].map(
      (part) =>
        svg`<path class="grid" d="M${PAD} ${HEIGHT * part}H${WIDTH - PAD}M${WIDTH * part} ${PAD}V${HEIGHT - PAD}"></path>`,
    )}
    ${relative.map((points, c) => {
      let line = '';
      for (let i = 0; i < points.length; i += 2) {
        line += `${i === 0 ? 'M' : 'L'}${x(points[i]!).toFixed(1)} ${y(points[i + 1]!).toFixed(1)}`;
      }
      const colour = colours[labels.indexOf(curves[c]!.label)] ?? '#fff';
      const from = x(points[0] ?? 0).toFixed(1);
      const to = x(points.at(-2) ?? 0).toFixed(1);
      return svg`<path d="${line}L${to} ${HEIGHT}L${from} ${HEIGHT}Z" fill=${colour} opacity="0.1"></path>
        <path class="line" d=${line} stroke=${colour}></path>`;
    })}
  `;
}

/** The chart as an image, for a training under way or done. */
export const divergenceChart = (curves: readonly Curve[], labels: readonly string[]): TemplateResult =>
  html`<svg
    class="chart"
    viewBox="0 0 ${WIDTH} ${HEIGHT}"
    preserveAspectRatio="none"
    role="img"
    aria-label="Divergence and error falling over the training"
    data-testid="divergence-chart"
  >
    ${chart(curves, labels)}
  </svg>`;

const left = (seconds: number | undefined): string => {
  if (seconds === undefined) return 'Preparing the recordings';
  if (seconds < 1) return 'Almost there';
  if (seconds < 90) return `${Math.ceil(seconds)} s left`;
  return `${Math.ceil(seconds / 60)} min left`;
};

/**
 * @summary A training under way: how far it is, its divergence falling, and the way out.
 */
@customElement('sotto-training-progress')
export class SottoTrainingProgress extends LitElement {
  static override styles = [controls, progressBar, styles];

  @property({ attribute: false }) trainer!: Trainer;
  /** All sources, in order. */
  @property({ attribute: false }) labels: readonly string[] = [];
  /** Its values change in place. */
  @property({ attribute: false }) tick: unknown;

  override render(): TemplateResult | typeof nothing {
    const { progress } = this.trainer;
    if (!progress) return nothing;
    const { fraction, latest, curves, secondsLeft, name } = progress;
    const percent = Math.round(fraction * 100);
    return html`
      <div class="head">
        <h3>Learning “${name}”</h3>
        <span class="left" data-testid="time-left">${left(secondsLeft)}</span>
      </div>
      <div
        class="bar"
        role="progressbar"
        aria-label="Training"
        aria-valuemin="0"
        aria-valuemax="100"
        aria-valuenow=${percent}
        data-testid="training-bar"
      >
        <i style="transform:scaleX(${fraction.toFixed(3)})"></i>
      </div>
      <div class="plot">${divergenceChart(curves, this.labels)}</div>
      <div class="facts">
        ${
          latest?.stage === 'tuning'
            ? html`<span><b>The masks</b> are tuned to it</span>
                <span>step <b>${latest.iteration}</b> of ${latest.iterations}</span>
                <span
                  >error on mixtures <b data-testid="divergence">${latest.objective.toPrecision(3)}</b></span
                >`
            : latest
              ? html`<span><b>${titled(latest.label)}</b></span>
                  <span>iteration <b>${latest.iteration}</b> of ${latest.iterations}</span>
                  <span
                    >divergence <b data-testid="divergence">${latest.objective.toPrecision(4)}</b> a
                    frame</span
                  >`
              : html`<span>Frames are being made of the recordings.</span>`
        }
      </div>
      <div class="ways">
        <button type="button" data-testid="cancel-training" @click=${() => this.trainer.cancel()}>
          Cancel
        </button>
        <button
          type="button"
          title="Use what has been learned so far"
          data-testid="finish-training"
          ?disabled=${!latest}
          @click=${() => this.trainer.finish()}
        >
          Finish now
        </button>
        <span>The sound plays on with the dictionary in use.</span>
      </div>
    `;
  }
}
