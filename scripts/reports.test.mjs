import { expect, it } from "vitest";
import { tally } from "./reports.mjs";

const counts = (passed, failed = 0, skipped = 0) => ({ passed, failed, skipped });

it.each([
  ["a step without tests counts as one", true, null, { passed: 1, failed: 0 }],
  ["a failed step without tests counts as one failure", false, null, { passed: 0, failed: 1 }],
  ["tests are counted one by one", true, counts(40), { passed: 40, failed: 0 }],
  ["failed tests are counted one by one", false, counts(38, 2), { passed: 38, failed: 2 }],
  ["a skipped test is a failed test", true, counts(39, 0, 1), { passed: 39, failed: 1 }],
  ["too little coverage is a failure although every test passed", false, counts(40), { passed: 40, failed: 1 }],
  ["a runner that found no tests has failed", true, counts(0), { passed: 0, failed: 1 }],
])("%s", (_, ok, found, expected) => {
  expect(tally(ok, found)).toEqual(expected);
});
