import "server-only";
import { type Ctx, owned, ownerOf, type RowChange } from "#core/context.ts";
import { type Db, pooled, sql, type Transaction } from "#core/db.ts";
import { AppError, notFound } from "#core/errors.ts";
import { newId } from "#core/id.ts";
import type { Journal, JournalEntry } from "#core/invoke.ts";
import { notificationText } from "#features/notifications/messages.ts";
import { notificationOf } from "#features/notifications/rules.ts";
import { actorKind, imageOf, subjectOf } from "./rules.ts";

/** Keys are kept for 24 hours (design §5). */
const keyLifetimeMs = 24 * 3600 * 1000;

// A committed row always has its answer, because both are written in one transaction; so an empty answer means that the
// key is ours. A call that waits for the first one to commit gets that one's row.
const claim = sql(`
INSERT INTO idempotency_keys AS k (user_id, subject, key, capability, args_hash, expires_at)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (user_id, subject, key) DO UPDATE SET
  capability = CASE WHEN k.expires_at <= $7 THEN excluded.capability ELSE k.capability END,
  args_hash = CASE WHEN k.expires_at <= $7 THEN excluded.args_hash ELSE k.args_hash END,
  response = CASE WHEN k.expires_at <= $7 THEN NULL ELSE k.response END,
  expires_at = CASE WHEN k.expires_at <= $7 THEN excluded.expires_at ELSE k.expires_at END
RETURNING args_hash, response`);

const visible = sql(`SELECT count(*)::int AS count FROM tasks t WHERE ${owned("t")} AND t.id = ANY($3::uuid[])`);

// One statement for everything a mutation leaves behind: operation and changes when rows changed, else (or where a
// credential is concerned) an audit event.
const commit = sql(`
WITH operation AS (
  INSERT INTO operations (id, user_id, actor, via, session_id, client_id, grant_id, capability, reason, request_id, undoes, created_at)
  SELECT $2::uuid, $1::uuid, $3, $4, $5::uuid, $6, $7::uuid, $8, $9, $10, $11::uuid, $12::timestamptz WHERE jsonb_array_length($13::jsonb) > 0
), change AS (
  INSERT INTO changes (id, user_id, operation_id, entity, entity_id, version_before, version_after, before, after)
  SELECT c.id, $1::uuid, $2::uuid, c.entity, c.entity_id, c.version_before, c.version_after, c.before, c.after
  FROM jsonb_to_recordset($13::jsonb) AS c(id uuid, entity text, entity_id uuid, version_before int, version_after int, before jsonb, after jsonb)
), notification AS (
  INSERT INTO notifications (id, user_id, type, title, message, task_id, operation_id, read_at, created_at)
  SELECT n.id, $1::uuid, n.type, n.title, n.message, n.task_id, $2::uuid, n.read_at, $12::timestamptz
  FROM jsonb_to_recordset($14::jsonb) AS n(id uuid, type text, title text, message text, task_id uuid, read_at timestamptz)
), delivery AS (
  INSERT INTO outbox (id, user_id, topic, payload, created_at)
  SELECT $15::uuid, $1::uuid, $8, jsonb_build_object('operationId', $2::uuid), $12::timestamptz WHERE jsonb_array_length($13::jsonb) > 0
), audit AS (
  INSERT INTO audit_events (id, user_id, via, action, resource_id, result, request_id, address, duration_ms, grant_id, created_at)
  SELECT $15::uuid, $1::uuid, $4, $8, $21::uuid, 'success', $10, $16, $20::int, $7::uuid, $12::timestamptz
  WHERE jsonb_array_length($13::jsonb) = 0 OR $21::uuid IS NOT NULL
), first AS (
  UPDATE grants g SET first_write_at = $12::timestamptz
  WHERE g.user_id = $1::uuid AND g.id = $7::uuid AND g.first_write_at IS NULL AND jsonb_array_length($13::jsonb) > 0 RETURNING g.id
), told AS (
  INSERT INTO notifications (id, user_id, type, title, message, operation_id, grant_id, created_at)
  SELECT $22::uuid, $1::uuid, 'ASSISTANT_FIRST_WRITE', $23, $24, $2::uuid, first.id, $12::timestamptz FROM first
)
UPDATE idempotency_keys SET response = $17::jsonb WHERE user_id = $1::uuid AND subject = $18 AND key = $19`);

const refuse = sql(`
INSERT INTO audit_events (id, user_id, via, action, resource_id, result, code, request_id, address, duration_ms, created_at, grant_id)
VALUES ($2, $1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`);

class Entry implements JournalEntry {
  readonly operationId = newId();
  readonly #openedAt = performance.now();
  readonly #ctx: Ctx;
  readonly #capability: string;
  readonly #changes: RowChange[] = [];
  #reason: string | null = null;
  #undoes: string | null = null;
  #about: string | null = null;
  #key: string | null = null;

  constructor(ctx: Ctx, capability: string) {
    this.#ctx = ctx;
    this.#capability = capability;
  }

  get hasChanges(): boolean {
    return this.#changes.length > 0;
  }

  changed(change: RowChange): void {
    const { entity, before, after } = change;
    this.#changes.push({ ...change, before: before && imageOf(entity, before), after: imageOf(entity, after) });
  }

  undoes(operationId: string): void {
    this.#undoes = operationId;
  }

  because(reason: string | undefined): void {
    this.#reason = reason ?? null;
  }

  about(id: string): void {
    this.#about = id;
  }

  async claim(db: Db, key: string, argsHash: string, shows: (answer: object) => string[]): Promise<object | undefined> {
    const { actor, now } = this.#ctx;
    const expires = new Date(now.getTime() + keyLifetimeMs);
    const [row] = await db.query<{ args_hash: string; response: object | null }>(claim, [
      actor.userId,
      subjectOf(actor),
      key,
      this.#capability,
      argsHash,
      expires,
      now,
    ]);
    this.#key = key;
    if (row === undefined || row.response === null) return undefined;
    if (row.args_hash !== argsHash)
      throw new AppError("CONFLICT", "This idempotency key was used for another call. Take a new key for a new call.");
    // A fence may have been drawn, or the task moved out of it, since the answer was stored.
    if (actor.fence !== null) {
      const ids = [...new Set(shows(row.response))];
      const [seen] = await db.query<{ count: number }>(visible, [...ownerOf(actor), ids]);
      if (seen?.count !== ids.length) throw notFound();
    }
    return row.response;
  }

  commit(db: Transaction, answer: object): void {
    const { actor, now, requestId, address } = this.#ctx;
    const changes = this.#changes.map((c) => ({
      id: newId(),
      entity: c.entity,
      entity_id: c.id,
      version_before: c.versionBefore,
      version_after: c.versionAfter,
      before: c.before,
      after: c.after,
    }));
    const note = notificationOf(this.#capability, actor, this.#changes);
    const notifications = note
      ? [
          {
            id: newId(),
            type: note.type,
            title: note.title,
            message: note.message,
            task_id: note.taskId,
            read_at: note.isRead ? now : null,
          },
        ]
      : [];
    db.last(commit, [
      actor.userId,
      this.operationId,
      actorKind(actor),
      actor.via,
      actor.sessionId,
      actor.clientId,
      actor.grantId,
      this.#capability,
      this.#reason,
      requestId,
      this.#undoes,
      now,
      JSON.stringify(changes),
      JSON.stringify(notifications),
      newId(),
      address,
      JSON.stringify(answer),
      subjectOf(actor),
      this.#key,
      Math.round(performance.now() - this.#openedAt),
      this.#about,
      newId(),
      notificationText.ASSISTANT_FIRST_WRITE.title,
      notificationText.ASSISTANT_FIRST_WRITE.message(actor.clientName ?? "", "").slice(0, 1000),
    ]);
  }
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The journal as `invoke` uses it (design §7). */
export const journal: Journal = {
  open: (ctx, capability) => new Entry(ctx, capability),
  async refused(ctx, capability, raw, error, milliseconds) {
    const id = (raw as { id?: unknown } | null)?.id;
    await pooled().query(refuse, [
      ctx.actor.userId,
      newId(),
      ctx.actor.via,
      capability,
      typeof id === "string" && uuid.test(id) ? id : null,
      error.code === "RESOURCE_NOT_FOUND" || error.code === "FORBIDDEN" ? "denied" : "error",
      error.code,
      ctx.requestId,
      ctx.address,
      Math.round(milliseconds),
      ctx.now,
      ctx.actor.grantId,
    ]);
  },
};
