// Raw figures of all rounds → one line per case.

const sorted = (values) => [...values].sort((a, b) => a - b);
const at = (values, share) => values[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;
export const median = (values) => at(sorted(values), 0.5);

/**
 * @param {object} one a case of cases.mjs
 * @param {object[]} slots its measurements, one for each round
 * @param {number[]} control requests per second of the control's list in the same rounds
 */
export function summarise(one, slots, control) {
  const rates = slots.map(({ milliseconds, seconds }) => milliseconds.length / seconds);
  const all = sorted(slots.flatMap(({ milliseconds }) => milliseconds));
  const perRequest = (key) => {
    const values = slots.map((slot) => (slot[key] === null ? null : slot[key] / slot.milliseconds.length));
    return values.includes(null) ? null : median(values);
  };
  const ratios = rates.map((rate, round) => rate / control[round]);
  return {
    name: one.name,
    requestsPerSecond: median(rates),
    spread: (Math.max(...rates) - Math.min(...rates)) / median(rates),
    p50Ms: at(all, 0.5),
    p99Ms: at(all, 0.99),
    cpuMs: perRequest("cpuMs"),
    databaseCpuMs: perRequest("databaseCpuMs"),
    ratio: median(ratios),
    ratioLowest: Math.min(...ratios),
    ratioHighest: Math.max(...ratios),
    target: one.target ?? null,
    refused: slots.reduce((sum, slot) => sum + Object.values(slot.refused).reduce((a, b) => a + b, 0), 0),
    requests: all.length,
  };
}

const digits = (value, places) => (value === null ? "–" : value.toFixed(places));
const mark = ({ ratio, target }) => (target === null ? "" : ratio >= target ? "✓" : "below");

/** Text in columns: the first to the left, figures to the right. */
function table(head, rows) {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column].length)));
  const line = (cells) =>
    cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join("  ");
  return [line(head), line(widths.map((width) => "─".repeat(width))), ...rows.map(line)].join("\n");
}

/** The measured cases as a table. */
export const caseTable = (summaries) =>
  table(
    ["", "req/s", "spread", "p50 ms", "p99 ms", "CPU ms", "Postgres ms", "of control", "target", ""],
    summaries.map((one) => [
      one.name,
      digits(one.requestsPerSecond, 0),
      `${digits(one.spread * 100, 0)} %`,
      digits(one.p50Ms, 1),
      digits(one.p99Ms, 1),
      digits(one.cpuMs, 2),
      digits(one.databaseCpuMs, 2),
      digits(one.ratio, 2),
      one.target === null ? "" : `≥ ${one.target.toFixed(2)}`,
      one.refused > 0 ? `${one.refused} refused!` : mark(one),
    ]),
  );

/** Figures that have a limit instead of a ratio. */
export const limitTable = (figures) =>
  table(
    ["", "figure", "limit", ""],
    figures.map(({ name, value, unit, limit = null }) => [
      name,
      value === null ? "–" : `${value} ${unit}`,
      limit === null ? "" : `≤ ${limit}`,
      limit === null || value === null ? "" : value <= limit ? "✓" : "above",
    ]),
  );
