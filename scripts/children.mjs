// Processes this command starts. Each leads its own group, so that it goes with everything it started itself,
// and the terminal's Ctrl-C reaches only us: who stops what, and in which order, is decided in one place.
import { spawn } from "node:child_process";
import { identify } from "./identity.mjs";
import { beforeExit, isStopping } from "./lifetime.mjs";
import { Failure, Interrupted } from "./terminal.mjs";

const live = new Map();
const watchers = new Set();
const TAIL = 64 * 1024;

/** Calls `watch` with the identities of all running children now and at every change. */
export function watchChildren(watch) {
  watchers.add(watch);
  return () => watchers.delete(watch);
}

export const children = () => [...live.values()];

function changed() {
  for (const watch of watchers) watch();
}

/** Signals a process and all it started. */
export function killGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch {
    // Gone already: that is what was wanted.
  }
}

/**
 * Starts a process that ends with us, whichever way we end.
 * @param {{ patience?: number } & import("node:child_process").SpawnOptions} options milliseconds it gets to end by itself
 */
export function start(command, args, { patience = 4000, ...options } = {}) {
  if (isStopping()) throw new Interrupted();
  const child = spawn(command, args, { stdio: "inherit", ...options, detached: true });
  if (child.pid) {
    live.set(child, identify(child.pid));
    changed();
    const forget = beforeExit(() => stop(child, patience));
    child.once("exit", () => {
      forget();
      live.delete(child);
      changed();
    });
  }
  return child;
}

/** Asks a child to end, and insists when its patience is used up. Resolves once it is gone. */
function stop(child, patience) {
  if (child.exitCode !== null || child.signalCode !== null || !child.pid) return Promise.resolve();
  return new Promise((resolve) => {
    const insist = setTimeout(() => killGroup(child.pid, "SIGKILL"), patience);
    child.once("exit", () => {
      clearTimeout(insist);
      killGroup(child.pid, "SIGKILL"); // what it left behind in its group
      resolve();
    });
    killGroup(child.pid, "SIGTERM");
  });
}

/**
 * Runs a command to its end and returns the last of its output; a failure carries that output.
 * @param {string} command
 * @param {string[]} args
 * @param {{ what: string, remedy: string, stdout?: boolean } & import("node:child_process").SpawnOptions} options
 *   `what` and `remedy` are what the person reads when it fails; with `stdout` only its standard output is returned
 */
export function run(command, args, { what, remedy, stdout = false, ...options }) {
  return new Promise((resolve, reject) => {
    // What a tool leaves half done is done again, so it gets no more than a moment to end.
    const child = start(command, args, { ...options, patience: 500, stdio: ["ignore", "pipe", "pipe"] });
    let [all, out] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text) => {
      out += text;
      all = (all + text).slice(-TAIL);
    });
    child.stderr.setEncoding("utf8").on("data", (text) => {
      all = (all + text).slice(-TAIL);
    });
    child.once("error", (error) =>
      reject(new Failure(`${what}: ${command} could not be run (${error.message})`, remedy)),
    );
    child.once("close", (code, signal) => {
      if (isStopping()) reject(new Interrupted());
      else if (code === 0) resolve(stdout ? out : all);
      else
        reject(new Failure(all.trim() ? what : `${what} (${signal ?? `exit code ${code}`})`, remedy, lastLines(all)));
    });
  });
}

/** The end of a long output: the cause of a failure is nearly always there. */
export const lastLines = (text, count = 40) => text.trimEnd().split("\n").slice(-count).join("\n");
