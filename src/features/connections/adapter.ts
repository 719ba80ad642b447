import "server-only";
import Provider, { type Adapter, type AdapterPayload, errors } from "oidc-provider";
import { pooled, sql } from "#core/db.ts";
import { fetchOutside } from "#core/outbound.ts";
import { identityScopes, tokenScopes } from "#core/scopes.ts";
import { resource } from "./bearer.ts";
import { recordKey } from "./data.ts";
import { endGrant, findGrant } from "./grants.ts";
import { refreshGraceSeconds } from "./rules.ts";

// What oidc-provider keeps, in Postgres: two processes, or one that restarts, see the same. A value that someone could use (a
// code, a refresh token, a session's id) is the key of its row as a hash only, and its payload does not repeat it.

const seconds = (parameter: string) => `now() + ${parameter}::int * interval '1 second'`;
// Whoever writes takes a few rows along that ran out, so the table needs no other keeper.
const sweep = `swept AS (DELETE FROM oauth_records WHERE ctid = ANY(ARRAY(SELECT ctid FROM oauth_records WHERE expires_at < now() LIMIT 20)))`;
const columns = "(model, id, payload, user_id, grant_id, client_id, uid, expires_at)";
const values = `($1, $2, $3::jsonb, $4::uuid, $5::uuid, $6, $7, ${seconds("$8")})`;
const upsert = sql(`
WITH ${sweep}
INSERT INTO oauth_records ${columns} VALUES ${values}
ON CONFLICT (model, id) DO UPDATE SET payload = excluded.payload, user_id = excluded.user_id, grant_id = excluded.grant_id,
  uid = excluded.uid, expires_at = excluded.expires_at`);
const insertOnce = sql(`
WITH ${sweep}
INSERT INTO oauth_records ${columns} VALUES ${values} ON CONFLICT (model, id) DO NOTHING RETURNING id`);
// The clock is the database's, for every process the same.
const find = (by: string) =>
  sql(`
SELECT payload, extract(epoch FROM consumed_at)::int AS consumed, consumed_at < ${seconds("-$3")} AS "isLate"
FROM oauth_records WHERE model = $1 AND ${by} = $2 AND (expires_at IS NULL OR expires_at > now())`);
const [byId, byUid] = [find("id"), find("uid")];
// A refresh token may be used again within the grace: the time of its first use stands. A code is used once.
const consume = sql(`
UPDATE oauth_records SET consumed_at = coalesce(consumed_at, now())
WHERE model = $1 AND id = $2 AND ($3::bool OR consumed_at IS NULL) RETURNING grant_id AS "grantId"`);
const grantOf = sql(`SELECT grant_id AS "grantId" FROM oauth_records WHERE model = $1 AND id = $2`);
const destroy = sql("DELETE FROM oauth_records WHERE model = $1 AND id = $2 RETURNING id");
const destroyOfGrant = sql("DELETE FROM oauth_records WHERE model = $1 AND grant_id = $2::uuid");

type Row = { payload: AdapterPayload; consumed: number | null; isLate: boolean | null };

/** Clients that registered and were never approved by anybody are gone after a day (security OA-18). */
const unusedClientSeconds = 24 * 3600;

class Records implements Adapter {
  readonly #model: string;

  constructor(model: string) {
    this.#model = model;
  }

  async upsert(id: string, payload: AdapterPayload, expiresIn?: number): Promise<void> {
    const { jti: _, client_secret: secret, ...rest } = payload;
    const stored = { ...rest, ...(secret ? { client_secret: recordKey(secret) } : {}) };
    // Nothing reads it, and it would open the session.
    if (stored.session) stored.session = { ...stored.session, cookie: undefined } as typeof stored.session;
    const json = JSON.stringify(stored);
    // What a client sent along and Postgres does not keep as text: NUL, and halves of characters.
    if (/\\u(?:0000|d[89a-f])/.test(json))
      throw new errors.InvalidRequest("there is a character that cannot be stored");
    const row = [
      this.#model,
      recordKey(id),
      json,
      payload.accountId ?? null,
      payload.grantId ?? null,
      payload.clientId ?? null,
      payload.uid ?? null,
      expiresIn ?? (this.#model === "Client" ? unusedClientSeconds : null),
    ];
    if (this.#model !== "ReplayDetection") await pooled().query(upsert, row);
    // The library looks before it writes; of two at once, this lets one through.
    else if ((await pooled().query(insertOnce, row)).length === 0)
      throw new errors.InvalidClientAuth("client assertions must only be used once");
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    const payload = await this.#read(byId, recordKey(id));
    return payload && { ...payload, ...(this.#model === "Client" ? {} : { jti: id }) };
  }

  findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return this.#read(byUid, uid);
  }

  async findByUserCode(): Promise<undefined> {}

  async #read(statement: typeof byId, key: string): Promise<AdapterPayload | undefined> {
    const grace = this.#model === "RefreshToken" ? refreshGraceSeconds : 0;
    const [row] = await pooled().query<Row>(statement, [this.#model, key, grace]);
    if (!row) return undefined;
    return { ...row.payload, ...(row.consumed && row.isLate ? { consumed: row.consumed } : {}) };
  }

  /** @throws InvalidGrant where a code was used in the meantime; what the first use brought ends with it (RFC 9700 §4.5) */
  async consume(id: string): Promise<void> {
    const key = [this.#model, recordKey(id)];
    const isRepeatable = this.#model === "RefreshToken";
    if ((await pooled().query(consume, [...key, isRepeatable])).length > 0) return;
    const [row] = await pooled().query<{ grantId: string | null }>(grantOf, key);
    if (row?.grantId) await endGrant(row.grantId, "reuse");
    throw new errors.InvalidGrant("it was used before");
  }

  /** @throws SessionNotFound where an answered request goes on a second time: of two at once one is led to a code */
  async destroy(id: string): Promise<void> {
    const gone = await pooled().query(destroy, [this.#model, recordKey(id)]);
    if (gone.length === 0 && this.#model === "Interaction") throw new errors.SessionNotFound("it went on already");
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    await pooled().query(destroyOfGrant, [this.#model, grantId]);
  }
}

const known = [...identityScopes, ...tokenScopes] as string[];

/**
 * The library's "Grant" is a view of our own row, so there is one truth: what the person narrowed or ended is so for the next
 * token as well. Everything not granted counts as refused, or the library would ask for it again, without end.
 */
class Grants implements Adapter {
  async find(id: string): Promise<AdapterPayload | undefined> {
    const grant = await findGrant(id);
    if (!grant) return undefined;
    const granted = grant.scopes.join(" ");
    const rest = known.filter((scope) => !grant.scopes.includes(scope)).join(" ");
    return {
      jti: id,
      kind: "Grant",
      iat: grant.createdAt,
      ...(grant.expiresAt ? { exp: grant.expiresAt } : {}),
      accountId: grant.userId,
      clientId: grant.clientId,
      openid: { scope: granted },
      resources: { [resource()]: granted },
      rejected: { openid: { scope: rest }, resources: { [resource()]: rest } },
    };
  }

  /** The library ends a grant when a refresh token or code comes again, or when the client gives it back. */
  destroy(id: string): Promise<void> {
    return endGrant(id, Provider.ctx?.oidc.route === "revocation" ? "client" : "reuse");
  }

  // Only the consent page makes grants (interaction.ts).
  upsert = (): Promise<void> => Promise.reject(new Error("Grants are made by the consent page"));
  findByUid = this.upsert as () => Promise<undefined>;
  findByUserCode = this.upsert as () => Promise<undefined>;
  consume = this.upsert;
  revokeByGrantId = this.upsert;
}

/** One adapter for each of the library's models. */
export const adapter = (model: string): Adapter => (model === "Grant" ? new Grants() : new Records(model));

/** What a client's address said is believed for so long while the address is away. */
const keptSeconds = 24 * 3600;
const keptBytes = 65_536;

/** @throws Error beyond `keptBytes` */
async function bodyOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > keptBytes) throw new Error("response too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

// Anything else is of no use later, and may hold what Postgres does not take.
function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * Fetches a client's document or keys, and keeps them for when their address is away or turns us down: an assistant must not lose
 * its connection because its maker's site has a bad hour, nor one process what another one read (oauth-mcp.md §2.2). What is gone
 * is gone, and an answer of another kind is the library's to judge.
 */
export async function fetchOrKept(input: string | URL, options?: RequestInit): Promise<Response> {
  const url = new URL(input).href;
  const key = ["ClientDocument", recordKey(url)];
  const answered = await fetchOutside(url, options).then(
    (response) => ({ response }),
    (error: unknown) => ({ error }),
  );
  if ("response" in answered) {
    const { status, headers } = answered.response;
    if (status === 200) {
      const body = await bodyOf(answered.response);
      if (isJson(body))
        await pooled().query(upsert, [...key, JSON.stringify({ body }), null, null, null, null, keptSeconds]);
      return new Response(body, { status, headers });
    }
    if (status < 500 && status !== 403 && status !== 429) return answered.response;
    await answered.response.body?.cancel();
  }
  const [kept] = await pooled().query<{ payload: { body: string } }>(byId, [...key, 0]);
  if (kept) return new Response(kept.payload.body, { headers: { "Content-Type": "application/json" } });
  if ("error" in answered) throw answered.error;
  return answered.response;
}
