import { expect, test } from "vitest";
import { judge, totals } from "./judge.mjs";

const check = (id, status) => ({ id, status, errorMessage: `${id} went wrong` });
const scenario = (name, ...checks) => ({ scenario: name, checks });

test("what fails without being listed fails the run, a warning too", () => {
  for (const status of ["FAILURE", "WARNING"]) {
    const [row] = judge([scenario("ping", check("a", "SUCCESS"), check("b", status))], {});
    expect(row).toMatchObject({ result: "failed", passed: 1, failed: 1, failures: ["b: b went wrong"] });
  }
});

test("what is listed may fail, and only that: the scenario's other checks count", () => {
  const found = [scenario("ping", check("a", "FAILURE"), check("b", "FAILURE"))];
  const expected = { "ping:a": "there is no such thing" };
  expect(judge(found, expected)).toMatchObject([{ result: "failed", failed: 1, listed: 1 }]);
  const one = [scenario("ping", check("a", "FAILURE"), check("b", "SUCCESS"))];
  expect(judge(one, expected)).toMatchObject([{ result: "n/a", reasons: ["there is no such thing"] }]);
});

test("what is listed and passes, or is not run any more, fails the run", () => {
  const found = [scenario("ping", check("a", "SUCCESS"))];
  for (const entry of ["ping:a", "ping:gone", "gone:a", "ping"])
    expect(totals(judge(found, { [entry]: "no longer true" }))).toMatchObject({ passed: 1, failed: 1 });
});

test("a scenario that only tells, or leaves itself out, has not passed", () => {
  const rows = judge(
    [scenario("a", check("x", "INFO"), check("y", "SKIPPED")), scenario("b", check("x", "SUCCESS"))],
    {},
  );
  expect(rows.map(({ result }) => result)).toEqual(["n/a", "passed"]);
  expect(totals(rows)).toMatchObject({ passed: 1, failed: 0, notApplicable: 1, checks: { passed: 1 } });
});
