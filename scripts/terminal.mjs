// What the person at the terminal sees: what is going on, how long it takes, and what to do when it fails.

/** A failure that is explained: what went wrong, what to do about it, and (optionally) the output that shows it. */
export class Failure extends Error {
  constructor(problem, remedy, detail = "") {
    super(problem);
    this.remedy = remedy;
    this.detail = detail;
  }
}

/** Thrown inside work that was interrupted by a signal: nothing to explain, the person asked for it. */
export class Interrupted extends Error {}

const tty = Boolean(process.stdout.isTTY);
const style = (code) => (text) => (tty && !process.env.NO_COLOR ? `\u001b[${code}m${text}\u001b[0m` : text);
export const bold = style("1");
export const dim = style("2");
export const red = style("31");
export const green = style("32");

// A closed pipe or a closed terminal must not turn an orderly stop into a crash.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);

const FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";
const QUIET_MS = 1000;
const REPEAT_MS = 15_000;
const running = new Set();
let ticker;
let frame = 0;

const elapsed = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;
const clearLine = () => tty && running.size > 0 && process.stdout.write("\r\u001b[2K");
process.on("exit", clearLine);

function tick() {
  const shown = [...running].filter((step) => performance.now() - step.since > QUIET_MS);
  if (tty) {
    if (shown.length === 0) return;
    frame = (frame + 1) % FRAMES.length;
    const text = shown
      .map((step) => `${step.doing} ${Math.floor((performance.now() - step.since) / 1000)} s`)
      .join(" · ");
    process.stdout.write(`\r\u001b[2K${FRAMES[frame]} ${text.slice(0, (process.stdout.columns || 80) - 3)}`);
    return;
  }
  // Without a terminal (a log file, CI) a line at the start and then one now and again says the same.
  for (const step of shown) {
    if (performance.now() < step.nextLine) continue;
    console.log(step.nextLine === 0 ? `${step.doing} …` : `${step.doing} … ${elapsed(step.since)}`);
    step.nextLine = performance.now() + REPEAT_MS;
  }
}

/** Prints one line without tearing a progress line apart. */
export function say(line = "") {
  clearLine();
  console.log(line);
}

/**
 * Runs one step and shows it once it takes longer than a second; shorter steps leave no trace.
 * @param {string} doing what is going on ("Building the application")
 * @param {string} done what has happened ("Built the application")
 * @param {() => Promise<unknown>} work
 */
export async function step(doing, done, work) {
  const entry = { doing, since: performance.now(), nextLine: 0 };
  running.add(entry);
  ticker ??= setInterval(tick, tty ? 100 : 250);
  try {
    const result = await work();
    clearLine();
    running.delete(entry);
    if (performance.now() - entry.since > QUIET_MS)
      console.log(`${green("✓")} ${done} ${dim(`(${elapsed(entry.since)})`)}`);
    return result;
  } finally {
    clearLine();
    running.delete(entry);
    if (running.size === 0) {
      clearInterval(ticker);
      ticker = undefined;
    }
  }
}

/** Errors of the operating system that have one well-known way out. */
const SYSTEM_REMEDIES = {
  EACCES:
    'This file or folder belongs to another user. Run as that user, or give it to yourself: chown -R "$(id -un)" .',
  EPERM: "The system does not permit this. Run as the user who owns this folder.",
  ENOSPC: "The disk is full. Free some space and start again.",
  EDQUOT: "Your disk quota is used up. Free some space and start again.",
  EROFS: "This folder is on a read-only file system. Copy it to a writable one.",
  EMFILE: "Too many open files. Raise the limit: ulimit -n 4096.",
};

/** Says what failed and what to do, on stderr. An unexplained error shows its stack: it is ours to mend. */
export function explain(error) {
  clearLine();
  running.clear();
  if (error instanceof Failure) {
    console.error(`${red("✗")} ${bold(error.message)}`);
    if (error.detail) console.error(`\n${error.detail.trimEnd()}\n`);
    if (error.remedy) console.error(error.remedy.replace(/^/gm, "  "));
    return;
  }
  const remedy = SYSTEM_REMEDIES[error?.code];
  if (remedy) console.error(`${red("✗")} ${bold(error.message)}\n  ${remedy}`);
  else
    console.error(
      `${red("✗")} Unexpected: ${error?.stack ?? error}\n  This is a defect of MindFlow. Please report it with the lines above.`,
    );
}
