import "server-only";
import { randomBytes } from "node:crypto";
import { hash, parseOptions, verify } from "@node-rs/argon2";
import pLimit, { type LimitFunction } from "p-limit";
import { env } from "#core/env.ts";

const shared = globalThis as unknown as { mindflowHashing?: LimitFunction };

/**
 * argon2id runs on libuv's thread pool, off the event loop. Each run takes ARGON2_MEMORY_KIB, so only a few run at once:
 * a flood of sign-ins waits in line instead of taking the machine's memory.
 */
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  shared.mindflowHashing ??= pLimit(env().ARGON2_CONCURRENCY);
  return shared.mindflowHashing(work);
}

const parameters = () => ({ memoryCost: env().ARGON2_MEMORY_KIB, timeCost: env().ARGON2_ITERATIONS, parallelism: 1 });

/** @returns the argon2id PHC string of an NFC password, with a salt of its own */
export const hashPassword = (password: string): Promise<string> => inTurn(() => hash(password, parameters()));

/** Compares in constant time; a stored text that is no argon2 hash is simply not a match (requirements S0-10). */
export async function verifyPassword(stored: string, password: string): Promise<boolean> {
  try {
    return await inTurn(() => verify(stored, password));
  } catch {
    return false;
  }
}

/** Was this hash made with lower parameters than the configured ones (requirements S3-10a)? */
export function needsRehash(stored: string): boolean {
  try {
    const { memoryCost, timeCost } = parseOptions(stored);
    const wanted = parameters();
    return memoryCost < wanted.memoryCost || timeCost < wanted.timeCost;
  } catch {
    return true;
  }
}

let dummy: Promise<string> | undefined;

/**
 * The hash an unknown account is verified against, made once with the parameters of real ones, so that an answer takes the
 * same work whether or not the account exists (requirements S4-06). Nobody knows its password, this process included.
 */
export function dummyHash(): Promise<string> {
  dummy ??= hashPassword(randomBytes(32).toString("base64")).catch((error: unknown) => {
    dummy = undefined;
    throw error;
  });
  return dummy;
}
