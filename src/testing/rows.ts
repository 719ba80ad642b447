import { pooled, sql } from "#core/db.ts";

/** Everything a person owns, but the audit, which refusals may add to, and the use of sessions, which reading notes. */
const tables = {
  users: "id",
  projects: "user_id",
  tasks: "user_id",
  operations: "user_id",
  changes: "user_id",
  notifications: "user_id",
  outbox: "user_id",
  idempotency_keys: "user_id",
  invites: "user_id",
} as const;

export type Rows = Record<keyof typeof tables, { count: number; sum: string | null }>;

const digest = sql(
  Object.entries(tables)
    .map(
      ([table, owner]) =>
        `SELECT '${table}' AS name, count(*)::int AS count, md5(string_agg(r::text, ',' ORDER BY r::text)) AS sum FROM ${table} r WHERE r.${owner} = $1::uuid`,
    )
    .join(" UNION ALL "),
);

/** How many rows of each kind a person has, and a checksum of what stands in them: equal before and after means untouched. */
export async function rowsOf(personId: string): Promise<Rows> {
  const found = await pooled().query<{ name: string; count: number; sum: string | null }>(digest, [personId]);
  return Object.fromEntries(found.map(({ name, count, sum }) => [name, { count, sum }])) as Rows;
}

export type AuditRow = {
  via: string;
  action: string;
  result: string;
  code: string | null;
  requestId: string;
  resourceId: string | null;
  address: string | null;
};

/** What the audit holds about a person, oldest first. */
export const auditOf = (personId: string): Promise<AuditRow[]> =>
  pooled().query<AuditRow>(
    sql(`SELECT via, action, result, code, request_id AS "requestId", resource_id AS "resourceId", address
      FROM audit_events WHERE user_id = $1::uuid ORDER BY created_at, id`),
    [personId],
  );

/** Any statement, for arranging and for looking behind the doors. */
export const run = <Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> =>
  pooled().query<Row>(sql(text), values);
