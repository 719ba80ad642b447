// What the suite found against what is known not to apply. Stricter than the suite itself: a warning counts as a failure, what it
// runs without scoring it counts as well, and what is listed must really fail.

const isBad = ({ status }) => status === "FAILURE" || status === "WARNING";

/** One scenario: what of it failed without being listed. Whatever listed did fail is noted in `used`. */
function judgeScenario({ scenario, checks }, expected, used) {
  const nameOf = ({ id }) => `${scenario}:${id}`;
  const bad = checks.filter(isBad);
  const listed = bad.filter((check) => Object.hasOwn(expected, nameOf(check)));
  for (const check of listed) used.add(nameOf(check));
  const failures = bad
    .filter((check) => !listed.includes(check))
    .map(({ id, errorMessage }) => `${id}: ${errorMessage ?? "failed"}`);
  const passed = checks.filter(({ status }) => status === "SUCCESS").length;
  // Of a scenario of which a part does not apply, or that the suite itself leaves out, nothing is claimed.
  const result = failures.length > 0 ? "failed" : passed > 0 && listed.length === 0 ? "passed" : "n/a";
  const reasons = [...new Set(listed.map((check) => expected[nameOf(check)]))];
  return { scenario, result, passed, failed: failures.length, listed: listed.length, failures, reasons };
}

/**
 * @param {{ scenario: string, checks: { id: string, status: string, errorMessage?: string }[] }[]} found
 * @param {Record<string, string>} expected `scenario:check` → why it does not apply
 * @returns a row for each scenario and one for each entry that is listed in vain
 */
export function judge(found, expected) {
  const used = new Set();
  const rows = found.map((one) => judgeScenario(one, expected, used));
  const stale = Object.keys(expected).filter((entry) => !used.has(entry));
  const failures = ["is listed as not applying and did not fail: take it off the list"];
  const row = { result: "failed", passed: 0, failed: 1, listed: 0, failures, reasons: [] };
  return [...rows, ...stale.map((entry) => ({ ...row, scenario: entry }))];
}

/** Scenarios and checks of these rows. */
export function totals(rows) {
  const count = (result) => rows.filter((row) => row.result === result).length;
  const sum = (key) => rows.reduce((total, row) => total + row[key], 0);
  return {
    passed: count("passed"),
    failed: count("failed"),
    notApplicable: count("n/a"),
    checks: { passed: sum("passed"), failed: sum("failed"), notApplicable: sum("listed") },
  };
}
