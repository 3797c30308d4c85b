import { css } from 'lit';

/** Also where a chart is shown without its progress. */
export const chartStyles = css`
  .plot {
    position: relative;
    min-height: 120px;
    border-radius: 12px;
    background: linear-gradient(#0d1017, #090b10);
    box-shadow: inset 0 0 0 1px var(--line);
    overflow: hidden;
  }

  .chart {
    position: absolute;
    inset: 0;
    width: 100%;
    height: 100%;
  }

  .grid {
    stroke: rgb(255 255 255 / 6%);
    fill: none;
    vector-effect: non-scaling-stroke;
  }

  .line {
    fill: none;
    stroke-width: 2;
    stroke-linejoin: round;
    vector-effect: non-scaling-stroke;
  }

  @media (forced-colors: active) {
    .plot {
      forced-color-adjust: none;
    }
  }
`;

export const styles = [
  chartStyles,
  css`
    :host {
      display: flex;
      flex: 1;
      flex-direction: column;
      gap: 14px;
      min-height: 0;
    }

    .head {
      display: flex;
      flex-wrap: wrap;
      align-items: baseline;
      justify-content: space-between;
      gap: 4px 16px;
    }

    h3 {
      margin: 0;
      font-size: 16px;
      font-weight: 550;
      letter-spacing: -0.01em;
      overflow-wrap: anywhere;
    }

    .left {
      color: var(--text-2);
      font-size: 13px;
    }

    .plot {
      flex: 1;
    }

    .facts {
      display: flex;
      flex-wrap: wrap;
      gap: 4px 20px;
      min-height: 20px;
      color: var(--text-3);
      font-size: 12.5px;
    }

    .facts b {
      color: var(--text);
      font-weight: 500;
    }

    .ways {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 10px;
      color: var(--text-3);
      font-size: 12.5px;
    }

    @media (min-width: 721px) {
      .ways span {
        margin-left: 6px;
      }
    }
  `,
];
