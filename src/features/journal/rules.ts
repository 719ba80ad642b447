import { createHash } from "node:crypto";
import { type Actor, owned, type RowChange } from "#core/context.ts";

/** What the journal may record and restore, by entity: never a secret, never an owner (design §7). */
export const entities = {
  task: {
    table: "tasks",
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
  profile: { table: "users", owned: "t.id = $1::uuid AND $2::uuid[] IS NULL", columns: ["name", "time_zone", "theme"] },
} as const satisfies Record<RowChange["entity"], { table: string; owned: string; columns: readonly string[] }>;

export type Entity = RowChange["entity"];

/** The part of a row that is recorded: exactly the columns that undo may write back. */
export const imageOf = (entity: Entity, row: Record<string, unknown>): Record<string, unknown> =>
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
