import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { results } from "./suite.mjs";

let dir = "";
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), "mindflow-suite-"));
});
afterEach(() => fs.rmSync(dir, { recursive: true }));

const write = (name, checks) => {
  fs.mkdirSync(path.join(dir, name));
  fs.writeFileSync(path.join(dir, name, "checks.json"), JSON.stringify(checks));
};
const output = (announced, ...begun) =>
  [`Running requirements 2026-07-28 (${announced} scenarios) against http://localhost:1/mcp`]
    .concat(begun.map((scenario) => `\n=== Running scenario: ${scenario} ===`))
    .join("\n");
const good = [{ id: "a", status: "SUCCESS" }];
const statuses = (found) => found.map(({ scenario, checks }) => [scenario, checks.map(({ status }) => status).join()]);

test("what the suite wrote is found by scenario, those whose names begin alike too", () => {
  write("server-server-stateless-2026-11-21T15-07-33-123Z", good);
  write("authorization-server-authorization-server-metadata-endpoint-2026-11-21T15-07-33-124Z", good);
  const found = results(dir, output(2, "server-stateless", "authorization-server-metadata-endpoint"));
  expect(statuses(found)).toEqual([
    ["server-stateless", "SUCCESS"],
    ["authorization-server-metadata-endpoint", "SUCCESS"],
  ]);
});

test("a scenario that wrote nothing down has failed", () => {
  expect(statuses(results(dir, output(1, "ping")))).toEqual([["ping", "FAILURE"]]);
});

test.each([
  ["that ended in the middle", output(3, "ping"), 2],
  ["that found no scenarios", output(0), 1],
  ["that said nothing at all", "", 1],
])("a suite %s has failed", (_, said, rows) => {
  const found = results(dir, said);
  expect(found).toHaveLength(rows);
  expect(statuses(found).at(-1)).toEqual(["(the rest)", "FAILURE"]);
});
