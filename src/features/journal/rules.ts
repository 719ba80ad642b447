import { createHash } from "node:crypto";
import { type Actor, owned, type RowChange } from "#core/context.ts";
import type { Scope } from "#core/scopes.ts";

/** What the journal may record and restore, by entity: never a secret, never an owner (design §7). */
export const entities = {
  task: {
    table: "tasks",
    read: "tasks:read",
    write: "tasks:write",
    owned: owned("t"),
    columns: [
      "project_id",
      "title",
      "description",
      "status",
      "priority",
      "due_date",
      "due_at",
      "due_zone",
      "estimate_minutes",
      "tags",
      "snoozed_until",
      "started_at",
      "completed_at",
      "deleted_at",
      "deleted_by",
    ],
  },
  // A fence is about projects: whoever has one has no business with the profile.
  profile: {
    table: "users",
    read: "profile:read",
    write: "profile:write",
    owned: "t.id = $1::uuid AND $2::uuid[] IS NULL",
    columns: ["name", "time_zone", "theme"],
  },
} as const satisfies Record<
  RowChange["entity"],
  { table: string; read: Scope; write: Scope; owned: string; columns: readonly string[] }
>;

export type Entity = RowChange["entity"];
export type Image = Record<string, unknown>;

/** The kinds of things this actor may see, or change: the journal opens no way around a scope. */
export const within = ({ scopes }: Actor, act: "read" | "write"): Entity[] =>
  (Object.keys(entities) as Entity[]).filter((entity) => scopes.has(entities[entity][act]));

/** The part of a row that is recorded: exactly the columns that undo may write back. */
export const imageOf = (entity: Entity, row: Image): Image =>
  Object.fromEntries(entities[entity].columns.map((column) => [column, row[column] ?? null]));

/** Who an operation is shown as: a person, an assistant, a key, or MindFlow itself. */
export function actorKind(actor: Actor): "person" | "assistant" | "key" | "system" {
  switch (actor.via) {
    case "browser":
      return "person";
    case "assistant":
      return "assistant";
    case "api_key":
      return "key";
    case "system":
      return "system";
  }
}

/** The credential that an idempotency key belongs to: two assistants never share one. */
export const subjectOf = ({ grantId, clientId, userId }: Actor): string => {
  if (grantId) return grantId;
  // A client's id may be an address longer than the column; cut off, two of them could be one.
  return clientId ? `client:${createHash("sha256").update(clientId).digest("base64url")}` : `user:${userId}`;
};
