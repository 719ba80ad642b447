import "server-only";
import { createPublicKey, type KeyObject } from "node:crypto";
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from "jose";
import { type Db, pooled, sql, transaction } from "#core/db.ts";
import { seal, unseal } from "#core/seal.ts";
import { accessTokenSeconds } from "./rules.ts";

// Access tokens are signed by RSA keys (RS256) that live in Postgres, sealed. The newest signs; one that was replaced verifies
// on until the last token it signed has ended (requirements M-21, M-22). bearer.ts asks for the row at every call.

const purpose = "signing key";

type Row = { kid: string; sealed: string; jwk: JWK };

const alive = "expires_at IS NULL OR expires_at > now()";
const newestFirst = "expires_at IS NULL DESC, created_at DESC, kid";
const rows = sql(`SELECT kid, sealed, public_jwk AS jwk FROM signing_keys WHERE ${alive} ORDER BY ${newestFirst}`);
const names = sql(`SELECT kid FROM signing_keys WHERE ${alive} ORDER BY ${newestFirst}`);
const lock = sql("SELECT pg_advisory_xact_lock(4711018002)");
const retire = sql(
  "UPDATE signing_keys SET expires_at = now() + $1::int * interval '1 second' WHERE expires_at IS NULL",
);
const insert = sql("INSERT INTO signing_keys (kid, sealed, public_jwk) VALUES ($1, $2, $3::jsonb)");

/** Makes a key and lets the ones before it run out. @returns its id, the RFC 7638 thumbprint */
async function replaceKey(db: Db): Promise<string> {
  const pair = await generateKeyPair("RS256", { modulusLength: 2048, extractable: true });
  const jwk = await exportJWK(pair.publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  const sealed = await seal(purpose, JSON.stringify(await exportJWK(pair.privateKey)));
  // A token may have been signed up to a moment ago by another process.
  await db.query(retire, [accessTokenSeconds + 60]);
  await db.query(insert, [kid, sealed, JSON.stringify({ ...jwk, kid, use: "sig", alg: "RS256" })]);
  return kid;
}

/** Signs with a new key from now on; tokens signed before live to their end. @returns the new key's id */
export const rotateSigningKey = (): Promise<string> =>
  transaction(async (db) => {
    await db.query(lock, []);
    return await replaceKey(db);
  });

async function open(row: Row): Promise<JWK | null> {
  const plain = await unseal(purpose, row.sealed);
  return plain ? { ...(JSON.parse(plain) as JWK), kid: row.kid, use: "sig", alg: "RS256" } : null;
}

/**
 * The keys as the authorization server wants them: all private, the one that signs first. One that was sealed under another PEPPER
 * is left out; it still verifies.
 * Of several processes that find none, or none that opens under this PEPPER, one makes it and the others wait for it.
 */
export async function signingKeys(): Promise<JWK[]> {
  const load = async (db: Db) => {
    const [current, ...others] = await Promise.all((await db.query<Row>(rows, [])).map(open));
    return current ? [current, ...others.filter((key) => key !== null)] : null;
  };
  const found = await load(pooled());
  if (found) return found;
  return await transaction(async (db) => {
    await db.query(lock, []);
    const made = await load(db);
    if (made) return made;
    await replaceKey(db);
    return (await load(db)) ?? [];
  });
}

/** Which keys there are, in one short text: changes when one was added or ran out. */
export async function keyNames(): Promise<string> {
  return (await pooled().query<{ kid: string }>(names, [])).map(({ kid }) => kid).join(" ");
}

const cached = new Map<string, KeyObject>();

async function read(): Promise<void> {
  const found = await pooled().query<Row>(rows, []);
  cached.clear();
  for (const { kid, jwk } of found)
    cached.set(kid, createPublicKey({ key: jwk as import("node:crypto").JsonWebKey, format: "jwk" }));
}

let running: Promise<unknown> = Promise.resolve();
let waiting: Promise<void> | null = null;

/** Reads the keys once more, beginning after this call: a look under way may have begun before the key was made. */
function look(): Promise<void> {
  waiting ??= running.then(() => {
    waiting = null;
    const done = read();
    running = done.catch(() => undefined);
    return done;
  });
  return waiting;
}

/**
 * The public key of this id, from memory where it was read before. For an id nobody knows the keys are read again; all who ask
 * meanwhile share one look, so whoever invents ids makes no more than one query at a time.
 */
export async function verifyingKey(kid: string): Promise<KeyObject | null> {
  if (!cached.has(kid)) await look();
  return cached.get(kid) ?? null;
}

const listed = sql(`
SELECT kid, created_at AS "createdAt", expires_at AS "expiresAt" FROM signing_keys WHERE ${alive} ORDER BY ${newestFirst}`);

/** What an administrator sees of the keys, the one in use first. */
export const listSigningKeys = (): Promise<{ kid: string; createdAt: string; expiresAt: string | null }[]> =>
  pooled().query(listed, []);
