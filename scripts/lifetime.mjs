// One orderly end for every way out: Ctrl-C, a closed terminal, `kill`, a dead npm, a failed step, a crash.
import { birth, identify, isAlive, parentOf, programOf } from "./identity.mjs";
import { explain, Interrupted, say } from "./terminal.mjs";

const endings = [];
const notices = new Set();
let stopping = false;

export const isStopping = () => stopping;

/** Registers what has to be undone before the process ends; the latest is undone first. Returns a way to take it back. */
export function beforeExit(undo) {
  endings.push(undo);
  return () => {
    const at = endings.lastIndexOf(undo);
    if (at >= 0) endings.splice(at, 1);
  };
}

/** Registers what is said at the very beginning of the end, before anything is undone. Returns a way to take it back. */
export function whenStopping(notice) {
  notices.add(notice);
  return () => notices.delete(notice);
}

/** Undoes everything once, then ends the process. Later calls are ignored: npm passes Ctrl-C on a second time. */
async function shutdown(code) {
  if (stopping) return;
  stopping = true;
  for (const notice of notices) notice();
  setTimeout(() => say("Stopping …"), 1000).unref();
  while (endings.length > 0) {
    try {
      await endings.pop()();
    } catch (error) {
      explain(error);
      code ||= 1;
    }
  }
  process.exit(code);
}

/** The npm that started this script, through the shell between them where there is one; null when run directly. */
function findNpm() {
  if (!process.env.npm_lifecycle_event) return null;
  const parent = process.ppid;
  const npm = /^(ba|da|z|k)?sh$/.test(programOf(parent)) ? parentOf(parent) : parent;
  return birth(npm) ? identify(npm) : null;
}

/** npm's own process, if npm runs this script. */
export const npmProcess = findNpm();

/**
 * Runs a command's main function with signals handled from its first line on.
 * @param {() => Promise<number | void>} work its number is the exit code; without one the process lives until a signal
 * @param {{ interrupted?: () => number }} [options] the exit code after a signal, 130 unless told otherwise
 */
export async function main(work, { interrupted = () => 130 } = {}) {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => void shutdown(interrupted()));
  process.on("uncaughtException", (error) => {
    if (stopping || error instanceof Interrupted) return;
    explain(error);
    void shutdown(1);
  });
  // `kill -9` of npm leaves this process behind without a word: nobody could stop it by Ctrl-C any more.
  if (npmProcess) setInterval(() => !isAlive(npmProcess) && void shutdown(1), 250).unref();
  try {
    const code = await work();
    if (typeof code === "number") await shutdown(code);
  } catch (error) {
    if (stopping || error instanceof Interrupted) return;
    explain(error);
    await shutdown(1);
  }
}
