// Who is doing what in this folder. A claim is a file that names a process; it counts while that very process lives.
// Nothing has to be tidied up after `kill -9`: the next one sees that the process is dead, ends what that process
// left running, and goes on. Two that come at once both see each other's file, and the earlier one wins.
import fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { children, killGroup, watchChildren } from "./children.mjs";
import { ensureDataDir } from "./data-dir.mjs";
import { identify, isAlive } from "./identity.mjs";
import { beforeExit, isStopping, npmProcess, whenStopping } from "./lifetime.mjs";
import { Interrupted } from "./terminal.mjs";

function write(file, claim) {
  const draft = path.join(path.dirname(file), `.${path.basename(file)}`);
  fs.writeFileSync(draft, JSON.stringify(claim), { mode: 0o600 });
  fs.renameSync(draft, file);
}

function read(file) {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8"));
  } catch {
    return null; // withdrawn a moment ago, or cut short by a full disk
  }
}

/** Claims of one kind by other living processes; those of the dead are removed with what they left running. */
export function claimsOf(kind) {
  const dir = ensureDataDir("run");
  const found = [];
  for (const name of fs.readdirSync(dir)) {
    if (!name.startsWith(`${kind}-`)) continue;
    const file = path.join(dir, name);
    const claim = read(file);
    if (claim && isAlive(claim.owner)) {
      if (claim.owner.pid !== process.pid) found.push({ ...claim, name });
      continue;
    }
    for (const orphan of claim?.children ?? []) if (isAlive(orphan)) killGroup(orphan.pid, "SIGKILL");
    fs.rmSync(file, { force: true });
  }
  return found;
}

// The clock of the machine since its start: the same for all processes, and never set back.
const nextTicket = () => process.hrtime.bigint().toString().padStart(20, "0");

/** The earliest other claim with a lower ticket, once everybody who is drawing one has drawn it. */
async function rivalOf(kind, ticket) {
  for (;;) {
    const others = claimsOf(kind);
    if (others.some((other) => !other.ticket)) await sleep(1);
    else return others.filter((other) => other.ticket < ticket).sort((a, b) => (a.ticket < b.ticket ? -1 : 1))[0];
  }
}

/**
 * Takes a claim and keeps it until `release()` or the end of the process. Lamport's bakery: everybody shows that they are
 * about to draw a ticket before they draw it, so nobody overlooks one who drew a lower ticket but was slow to show it.
 * @param {string} kind "server" (one per database) or "files" (one at a time may install or build)
 * @param {string} command what the person typed, for the message to others
 * @param {(rival: object) => Promise<void>} onRival throws to give up, or resolves to try again
 */
export async function claim(kind, command, onRival) {
  const dir = ensureDataDir("run");
  for (;;) {
    const file = path.join(dir, `${kind}-${process.pid}-${nextTicket()}.json`);
    const mine = { owner: identify(process.pid), npm: npmProcess, command, children: children(), ticket: null };
    write(file, mine);
    mine.ticket = nextTicket();
    write(file, mine);
    const rival = await rivalOf(kind, mine.ticket);
    if (!rival) return keep(file, mine);
    fs.rmSync(file, { force: true });
    await onRival(rival);
    if (isStopping()) throw new Interrupted();
  }
}

function keep(file, mine) {
  const save = () => write(file, mine);
  const unwatch = watchChildren(() => {
    mine.children = children();
    save();
  });
  const unsay = whenStopping(() => {
    mine.stopping = true; // others wait for the end instead of being turned away
    save();
  });
  const release = () => {
    unwatch();
    unsay();
    forget();
    fs.rmSync(file, { force: true });
  };
  const forget = beforeExit(release);
  return {
    /** Adds facts for others to read, e.g. the address. */
    tell(facts) {
      Object.assign(mine, facts);
      save();
    },
    release,
  };
}

/** Whether a rival is about to end by itself: it is stopping, or its npm was killed and it has not noticed yet. */
export const isLeaving = (rival) => Boolean(rival.stopping || (rival.npm && !isAlive(rival.npm)));

/** Waits until that process is gone, at most `ms`; false when it is still there. */
export async function waitForEnd(owner, ms) {
  for (const end = performance.now() + ms; performance.now() < end; await sleep(25)) if (!isAlive(owner)) return true;
  return !isAlive(owner);
}
