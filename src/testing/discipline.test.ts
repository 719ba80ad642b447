import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");
const folders = ["src", "scripts", "e2e", "bench"];
const files = folders
  .flatMap((folder) => readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile() && /\.(test|e2e)\.(ts|tsx|mjs)$/.test(entry.name))
  .map((entry) => path.join(entry.parentPath, entry.name));

test("no test is skipped, postponed, singled out or allowed to fail (requirements S0-23)", () => {
  expect(files.length).toBeGreaterThan(40);
  // Written so that this file does not find itself.
  const words = ["skip", "todo", "only", "fails", "fixme", "skipIf", "runIf"].join("|");
  const barred = new RegExp(`\\b(?:test|it|describe|suite)\\.(?:${words})\\b|\\bx(?:it|test|describe)\\(`);
  const found = files.filter((file) => barred.test(readFileSync(file, "utf8")));
  expect(found.map((file) => path.relative(root, file))).toEqual([]);
});
