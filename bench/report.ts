/** What the benches print: tables for people, or one JSON object on standard output with `--json`. */

export interface Report {
  readonly title: string;
  /** Headings; numbers in rows are right-aligned. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
  /** Method, machine, caveats: one line each. */
  readonly notes?: readonly string[];
}

const json = process.argv.includes('--json');

/** Four significant digits, without exponents where they are not needed. */
function format(cell: string | number): string {
  if (typeof cell === 'string') return cell;
  if (Number.isInteger(cell) || !Number.isFinite(cell)) return String(cell);
  return Math.abs(cell) >= 1000 ? cell.toFixed(0) : String(Number(cell.toPrecision(4)));
}

/** Prints one table, or with several reports each in turn; with `--json` one object: the report, or { reports: [...] }. */
export function report(...reports: readonly Report[]): void {
  if (json) {
    const [only] = reports;
    process.stdout.write(`${JSON.stringify(reports.length === 1 ? only : { reports })}\n`);
    return;
  }
  for (const { title, columns, rows, notes = [] } of reports) {
    const cells = [columns, ...rows.map((row) => row.map(format))];
    const widths = columns.map((_, i) => Math.max(...cells.map((row) => row[i]?.length ?? 0)));
    const numeric = columns.map((_, i) => rows.every((row) => typeof row[i] === 'number'));
    const line = (row: readonly string[]): string =>
      row
        .map((cell, i) => (numeric[i] ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
        .join('  ')
        .trimEnd();
    const rule = widths.map((width) => '-'.repeat(width)).join('  ');
    const lines = [title, '', line(cells[0]!), rule, ...cells.slice(1).map(line), '', ...notes, ''];
    process.stdout.write(`${lines.join('\n')}\n`);
  }
}

/** Progress goes to standard error, so that `--json` stays one object. */
export function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** The middle value. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
