// A browser for the journeys: the one that is named, Playwright's own, the system's; else one is installed.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { run } from "./children.mjs";
import { toolEnvironment } from "./install.mjs";
import { inRoot } from "./paths.mjs";
import { Failure, step } from "./terminal.mjs";

const SYSTEM = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/snap/bin/chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

const runs = (file) => spawnSync(file, ["--version"], { stdio: "ignore", timeout: 20_000 }).status === 0;

/** Where Playwright keeps the Chromium it downloaded, whether or not it has. */
async function playwrights() {
  const { chromium } = await import("@playwright/test");
  return chromium.executablePath();
}

async function find() {
  const named = process.env.CHROMIUM_PATH;
  if (named && !runs(named))
    throw new Failure(`CHROMIUM_PATH=${named} does not run`, "Correct it, or unset it to let one be found.");
  return [named, await playwrights(), ...SYSTEM].find((file) => file && fs.existsSync(file) && runs(file)) ?? null;
}

const isDebianRoot = () => process.getuid?.() === 0 && fs.existsSync("/usr/bin/apt-get");

/** Ways to get one, in order; the first that works is enough. */
const WAYS = [
  {
    possible: isDebianRoot,
    command: [
      "/bin/sh",
      "-c",
      "apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium",
    ],
  },
  { possible: () => true, command: ["node", "node_modules/playwright/cli.js", "install", "chromium"] },
];

/** The path of a Chromium that runs on this machine. */
export async function findChromium() {
  const found = await find();
  if (found) return found;
  const refusals = [];
  for (const way of WAYS.filter(({ possible }) => possible())) {
    const [command, ...args] = way.command;
    const options = { cwd: inRoot(), env: toolEnvironment(), what: "No browser could be installed", remedy: "" };
    try {
      await step("Installing Chromium for the browser tests", "Installed Chromium", () => run(command, args, options));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      refusals.push(error.detail);
    }
    const installed = await find();
    if (installed) return installed;
  }
  throw new Failure(
    "The browser tests need a Chromium, and none could be installed",
    "Install one: sudo apt-get install -y chromium\nOr name one that you have: CHROMIUM_PATH=/path/to/chromium npm test",
    refusals.join("\n"),
  );
}
