// node_modules as package-lock.json says, no more and no less; and the Node that runs the product.
import fs from "node:fs";
import path from "node:path";
import { run } from "./children.mjs";
import { inRoot } from "./paths.mjs";
import { Failure, step } from "./terminal.mjs";

const packagesOf = (file) => {
  try {
    return JSON.parse(fs.readFileSync(inRoot(file), "utf8")).packages;
  } catch (error) {
    if (error.code === "ENOENT" || error instanceof SyntaxError) return null;
    throw error;
  }
};

const includes = (list, value) => list === undefined || [list].flat().includes(value);

/** Whether npm must have installed this package here: not optional, or the optional build for this very platform. */
function isNeeded(entry) {
  if (!entry.optional && !entry.devOptional && !entry.peer) return true;
  return Boolean(entry.os) && !entry.libc && includes(entry.os, process.platform) && includes(entry.cpu, process.arch);
}

/**
 * Whether node_modules is what the lock file describes. npm itself keeps the answer: it writes node_modules/.package-lock.json
 * when, and only when, an installation is complete, so one that was interrupted or altered is done again.
 */
function isInstalled() {
  const wanted = packagesOf("package-lock.json");
  const present = packagesOf("node_modules/.package-lock.json");
  if (!wanted || !present) return false;
  const same = (name) =>
    wanted[name]?.version === present[name]?.version && wanted[name]?.integrity === present[name]?.integrity;
  return (
    Object.keys(present).every(same) &&
    Object.keys(wanted).every((name) => !name || present[name] || !isNeeded(wanted[name]))
  );
}

/** The npm that runs this script where there is one, else the one in PATH. */
function npm() {
  const own = process.env.npm_execpath;
  return own?.endsWith("npm-cli.js") ? [process.execPath, own] : ["npm"];
}

/** Installs exactly the locked packages, unless they are there. Needs the network the first time. */
export async function install() {
  if (isInstalled()) return;
  if (!fs.existsSync(inRoot("package-lock.json")))
    throw new Failure("package-lock.json is missing", "Restore it: git checkout -- package-lock.json");
  const [command, ...args] = npm();
  // No package here needs its install script, and older npm versions would run them all.
  const flags = [
    "ci",
    "--include=dev",
    "--include=optional",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
  ];
  await step("Installing packages", "Installed packages", () =>
    run(command, [...args, ...flags], {
      cwd: inRoot(),
      env: { ...process.env, NODE_ENV: "development" },
      what: "npm ci failed",
      remedy:
        "Check the network and the registry (npm config get registry), then run the command again.\nIf it says that package.json and the lock file disagree: git checkout -- package.json package-lock.json",
    }),
  );
}

/** Node that runs TypeScript by itself. */
const isRecent = ([major, minor]) => major > 22 || (major === 22 && minor >= 18);

/** The path of the Node that runs the product: Node 24 from npm where there is a build for this platform, else the running one. */
export function nodePath() {
  const own = inRoot("node_modules", `node-${process.platform}-${process.arch}`, "bin", "node");
  if (fs.existsSync(own)) return own;
  if (isRecent(process.versions.node.split(".").map(Number))) return process.execPath;
  throw new Failure(
    `Node ${process.version} cannot run MindFlow, and npm has no Node 24 for ${process.platform}-${process.arch}`,
    "Install Node 24 from https://nodejs.org and run the command again.",
  );
}

/** The environment for tools: their `node` is the product's Node, and none of them calls home. */
export const toolEnvironment = () => ({
  ...process.env,
  PATH: `${path.dirname(nodePath())}${path.delimiter}${inRoot("node_modules", ".bin")}${path.delimiter}${process.env.PATH}`,
  NEXT_TELEMETRY_DISABLED: "1",
  CHECKPOINT_DISABLE: "1",
  PRISMA_HIDE_UPDATE_MESSAGE: "1",
});
