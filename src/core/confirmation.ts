import "server-only";
import { createHash, randomBytes } from "node:crypto";
import type { Actor } from "./context.ts";
import { type Db, sql } from "./db.ts";
import { invalid } from "./errors.ts";

// What weighs most is done by an assistant in two calls: the first says what would happen and leaves a token, the second brings
// the token along (security MC-06, MC-07). The token is good for exactly this call of this connection, once, for ten minutes.

const lifetimeMs = 600_000;

const hashOf = (token: string) => createHash("sha256").update(token).digest("hex");
/** @param call hash of the capability and its input */
const placeOf = ({ grantId, userId }: Actor, call: string) =>
  `confirm:${grantId ?? userId}:${createHash("sha256").update(call).digest("base64url")}`;

// Takes the place of an earlier one for the same call, and sweeps what ran out, so that the table holds only what is still good.
const put = sql(`
WITH old AS (
  DELETE FROM verification_tokens WHERE (identifier, token) IN (SELECT identifier, token FROM verification_tokens
    WHERE identifier = $1 OR (identifier LIKE 'confirm:%' AND expires <= $3::timestamptz) FOR UPDATE SKIP LOCKED)
)
INSERT INTO verification_tokens (identifier, token, expires) VALUES ($1, $2, $3::timestamptz + $4::int * interval '1 ms')`);
const take = sql(
  "DELETE FROM verification_tokens WHERE identifier = $1 AND token = $2 AND expires > $3::timestamptz RETURNING 1 AS taken",
);

/** A new token for this call; the database only ever sees its hash. Short, because a model has to copy it. */
export async function issueConfirmation(db: Db, actor: Actor, call: string, now: Date): Promise<string> {
  const token = randomBytes(16).toString("base64url");
  await db.query(put, [placeOf(actor, call), hashOf(token), now, lifetimeMs]);
  return token;
}

/**
 * Uses a token up, in the transaction of what it confirms: when that fails, the token is good as before.
 * @throws VALIDATION_ERROR alike for one that is wrong, used, too old, of another call or of another connection
 */
export async function takeConfirmation(db: Db, actor: Actor, call: string, now: Date, token: string): Promise<void> {
  const [taken] = await db.query(take, [placeOf(actor, call), hashOf(token), now]);
  if (!taken)
    throw invalid(
      "confirmation",
      "Is good once, within ten minutes, and for exactly the call it was given for. Call without it to get a new one.",
    );
}
