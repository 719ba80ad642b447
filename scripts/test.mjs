// npm test: everything that is checked, from a clean clone, by one command. A failed step does not hide the others.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { build } from "./build.mjs";
import { start } from "./children.mjs";
import { findChromium } from "./chromium.mjs";
import { claimFiles } from "./database.mjs";
import { generate } from "./generate.mjs";
import { install, nodePath, toolEnvironment } from "./install.mjs";
import { beforeExit, isStopping, main } from "./lifetime.mjs";
import { inRoot } from "./paths.mjs";
import { ownCounts, playwrightCounts, tally, vitestCounts } from "./reports.mjs";
import { bold, dim, explain, green, Interrupted, red, say } from "./terminal.mjs";

// A zone no developer sits in, with an offset that is no whole hour: dates that lean on the machine's zone break here.
const TIME_ZONE = "Asia/Kathmandu";

// A log file is read without colours.
const colours = process.stdout.isTTY ? {} : { NO_COLOR: "1", FORCE_COLOR: undefined };

const reports = fs.mkdtempSync(path.join(os.tmpdir(), "mindflow-reports-"));
const report = (name) => path.join(reports, `${name}.json`);

/** Runs a command with its output shown as it comes; resolves to whether it succeeded. */
function show(command, args, env = {}) {
  return new Promise((resolve, reject) => {
    const child = start(command, args, {
      cwd: inRoot(),
      env: { ...toolEnvironment(), ...colours, TZ: TIME_ZONE, ...env },
    });
    child.once("error", reject);
    child.once("exit", (code) => (isStopping() ? reject(new Interrupted()) : resolve(code === 0)));
  });
}

const node = (script, ...args) => show(nodePath(), [script, ...args]);
const bin = (name, ...args) => show(inRoot("node_modules/.bin", name), args);

async function withFiles(work) {
  const files = await claimFiles("npm test");
  try {
    await work();
  } finally {
    files.release();
  }
  return true;
}

/** Every check, in the order in which a mistake is cheapest to find. */
const STEPS = [
  {
    name: "format and lint",
    run: () => bin("biome", "ci", "--error-on-warnings", `--colors=${process.stdout.isTTY ? "force" : "off"}`),
  },
  { name: "promises and switches", run: () => bin("oxlint", "--type-aware", "--deny-warnings") },
  {
    name: "types",
    run: async () => (await node("node_modules/next/dist/bin/next", "typegen")) && (await bin("tsc", "--noEmit")),
  },
  { name: "unused code", run: () => bin("knip", "--no-progress") },
  { name: "schema and migrations", run: () => node("scripts/migrate.mjs", "check") },
  // Before the tests: some of them talk to two built servers behind one address.
  { name: "build", run: () => withFiles(build) },
  {
    name: "two built servers on one database",
    needs: "build",
    run: () =>
      node(
        "node_modules/vitest/vitest.mjs",
        "run",
        "--config=vitest.cluster.config.ts",
        "--reporter=default",
        "--reporter=json",
        `--outputFile.json=${report("cluster")}`,
      ),
    counts: () => vitestCounts(report("cluster")),
  },
  {
    name: "official MCP suite",
    needs: "build",
    run: () =>
      node("--disable-warning=ExperimentalWarning", "scripts/conformance/run.mjs", `--json=${report("conformance")}`),
    counts: () => ownCounts(report("conformance")),
  },
  {
    name: "unit and integration tests",
    run: () =>
      node(
        "node_modules/vitest/vitest.mjs",
        "run",
        "--coverage",
        "--reporter=default",
        "--reporter=json",
        `--outputFile.json=${report("vitest")}`,
      ),
    counts: () => vitestCounts(report("vitest")),
  },
  {
    name: "browser journeys",
    needs: "build",
    run: async () => {
      const env = { CHROMIUM_PATH: await findChromium(), PLAYWRIGHT_JSON_OUTPUT_FILE: report("playwright") };
      return show(nodePath(), ["node_modules/@playwright/test/cli.js", "test", "--reporter=list,json"], env);
    },
    counts: () => playwrightCounts(report("playwright")),
  },
];

/** Runs one step to its result; an explained failure is a result as well. */
async function attempt(check) {
  const since = performance.now();
  say(`\n${bold(check.name)}`);
  const ok = await check.run().catch((error) => {
    if (error instanceof Interrupted) throw error;
    explain(error);
    return false;
  });
  const result = {
    name: check.name,
    seconds: (performance.now() - since) / 1000,
    ...tally(ok, check.counts?.() ?? null),
  };
  say(describe(result));
  return result;
}

function describe({ name, passed, failed, seconds }) {
  const mark = failed === 0 ? green("✓") : red("✗");
  const counts = passed + failed > 1 ? ` ${passed} passed, ${failed} failed` : "";
  return `${mark} ${name}${counts} ${dim(`(${seconds.toFixed(1)} s)`)}`;
}

async function run() {
  beforeExit(() => fs.rmSync(reports, { recursive: true, force: true }));
  await withFiles(async () => {
    await install();
    await generate();
  });
  const results = [];
  for (const check of STEPS) {
    const broken = check.needs && results.find(({ name, failed }) => name === check.needs && failed > 0);
    if (broken) {
      say(`\n${red("✗")} ${check.name}: cannot run without the ${check.needs}`);
      results.push({ name: check.name, seconds: 0, passed: 0, failed: 1 });
    } else results.push(await attempt(check));
  }
  const sum = (key) => results.reduce((total, result) => total + result[key], 0);
  say(`\n${results.map(describe).join("\n")}`);
  say(dim(`${sum("seconds").toFixed(0)} s in all`));
  say(`${sum("passed")} passed, ${sum("failed")} failed`);
  return sum("failed") === 0 ? 0 : 1;
}

await main(run);
