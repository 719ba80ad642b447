import "server-only";
import pLimit, { type LimitFunction } from "p-limit";

/** So many calls of one line are worked on at once in this process: a fifth of the database's connections. */
const atOnce = 4;

const lines = new Map<string, LimitFunction>();
const lengthOf = ({ activeCount, pendingCount }: LimitFunction): number => activeCount + pendingCount;

/**
 * Works on a few calls of one line at a time, the others wait in order: who asks for much at once must not take every
 * connection to the database from everybody else.
 * @param name whose line it is
 * @param work is told whether it had to wait, for what it was let in by may be gone
 */
export async function inTurn<T>(name: string, work: (hasWaited: boolean) => Promise<T>): Promise<T> {
  const line = lines.get(name) ?? pLimit(atOnce);
  lines.set(name, line);
  const hasToWait = lengthOf(line) >= atOnce;
  try {
    return await line(() => work(hasToWait));
  } finally {
    if (lengthOf(line) === 0) lines.delete(name);
  }
}
