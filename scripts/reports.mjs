// How many tests passed and failed, from the reports the test runners write. A skipped test is a failed one:
// nobody reads a list of what was not tried.
import fs from "node:fs";

function read(file) {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8"));
  } catch {
    return null; // the runner ended before it wrote one; its exit code tells
  }
}

/** Counts in Vitest's JSON report. */
export function vitestCounts(file) {
  const report = read(file);
  if (!report) return { passed: 0, failed: 0, skipped: 0 };
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** Counts in Playwright's JSON report; a test that passed only at the second try has failed. */
export function playwrightCounts(file) {
  const stats = read(file)?.stats;
  if (!stats) return { passed: 0, failed: 0, skipped: 0 };
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky, skipped: stats.skipped };
}

/** Counts that a script of ours wrote down. */
export const ownCounts = (file) => read(file) ?? { passed: 0, failed: 0, skipped: 0 };

/**
 * What one step adds to the sum: its tests where it counts them, else itself.
 * A runner that fails without a failed test (coverage too low, a broken setup) counts as one failure.
 * @param {boolean} ok whether its exit code was 0
 * @param {{ passed: number, failed: number, skipped: number } | null} counts
 */
export function tally(ok, counts) {
  if (!counts) return { passed: ok ? 1 : 0, failed: ok ? 0 : 1 };
  const failed = counts.failed + counts.skipped;
  return { passed: counts.passed, failed: failed === 0 && (!ok || counts.passed === 0) ? 1 : failed };
}
