/** Where a command says things. Standard output is for results only. */
export interface Terminal {
  /** A result, to standard output. */
  print(text: string): void;
  /** Something the user should know, to standard error. */
  note(text: string): void;
  /**
   * Progress of work, 0 to 1; shown on a terminal only. `seconds`: of sound in all, for the speed; or a text, which is shown with the
   * time left.
   */
  progress(label: string, fraction: number, seconds: number | string): void;
  /** Something nice to know; shown on a terminal only. */
  detail(text: string): void;
  /** Characters of a line of standard output when that is a terminal that can draw (and not quiet), else undefined. */
  readonly columns: number | undefined;
}

/** What of a process a command needs to speak. */
export interface Streams {
  readonly stdout: { write(text: string): unknown; readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean };
}

/** Milliseconds between two updates of a progress line. */
const INTERVAL = 80;

/** `quiet`: no notes, no progress; errors are shown all the same. */
export function streamTerminal({ stdout, stderr }: Streams, quiet: boolean): Terminal {
  const shows = !quiet && stderr.isTTY === true;
  let line = '';
  let started = 0;
  let shown = 0;
  let label = '';
  const clear = (): void => {
    if (line) stderr.write(`\r${' '.repeat(line.length)}\r`);
    line = '';
  };
  return {
    columns: !quiet && stdout.isTTY === true ? stdout.columns || 80 : undefined,
    print(text) {
      clear();
      stdout.write(`${text}\n`);
    },
    note(text) {
      clear();
      if (!quiet) stderr.write(`sotto: ${text}\n`);
    },
    detail(text) {
      clear();
      if (shows) stderr.write(`sotto: ${text}\n`);
    },
    progress(newLabel, fraction, seconds) {
      if (!shows) return;
      const now = performance.now();
      if (newLabel !== label || fraction === 0) {
        label = newLabel;
        started = now;
        shown = 0;
      }
      if (fraction >= 1) {
        clear();
        return;
      }
      if (now - shown < INTERVAL) return;
      shown = now;
      const spent = Math.max(1, now - started);
      const text =
        typeof seconds === 'number'
          ? progressLine(label, fraction, (seconds * fraction * 1000) / spent)
          : `${progressBar(label, fraction)}  ${seconds}${timeLeft(spent / 1000, fraction)}`;
      stderr.write(`\r${text.padEnd(line.length)}`);
      line = text;
    },
  };
}

/** "Denoising [########------------]  40 %  12.3x real time". */
export const progressLine = (label: string, fraction: number, speed: number): string =>
  `${progressBar(label, fraction)}  ${speed.toFixed(1)}x real time`;

function progressBar(label: string, fraction: number): string {
  const width = 24;
  const full = Math.floor(fraction * width);
  const percent = String(Math.floor(fraction * 100)).padStart(3);
  return `${label} [${'#'.repeat(full)}${'-'.repeat(width - full)}] ${percent} %`;
}

/** ", 1:05 left", once a few percent are done. `spent`: seconds. */
function timeLeft(spent: number, fraction: number): string {
  if (fraction < 0.03) return '';
  const left = Math.round((spent * (1 - fraction)) / fraction);
  return `, ${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')} left`;
}
