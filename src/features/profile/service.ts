import "server-only";
import { type MutationCtx, ownerOf } from "#core/context.ts";
import { sql } from "#core/db.ts";
import { AppError, invalid } from "#core/errors.ts";
import { ownProfile } from "./data.ts";
import type { Profile, ProfilePatch } from "./schema.ts";

type Row = {
  id: string;
  name: string;
  email: string;
  time_zone: string;
  theme: Profile["theme"];
  version: number;
  created_at: string;
  updated_at: string;
};

// Only these columns: the row also holds the password's hash, which must never come near the journal.
const columns = "id, name, email, time_zone, theme, version, created_at, updated_at";

const update = sql(`
WITH b AS (SELECT u.* FROM users u WHERE ${ownProfile} AND u.deleted_at IS NULL FOR UPDATE),
a AS (UPDATE users u SET name = coalesce($3, u.name), time_zone = coalesce($4, u.time_zone), theme = coalesce($5, u.theme),
    version = u.version + 1, updated_at = $6::timestamptz
  FROM b WHERE u.id = b.id AND (b.name, b.time_zone, b.theme) IS DISTINCT FROM (coalesce($3, b.name), coalesce($4, b.time_zone), coalesce($5, b.theme))
  RETURNING u.*)
SELECT (SELECT to_jsonb(x) FROM (SELECT ${columns} FROM b) x) AS before, (SELECT to_jsonb(x) FROM (SELECT ${columns} FROM a) x) AS after`);

/** Changes name, zone or theme; what is the same already is no change and leaves no entry (requirements S3-30). */
export async function updateProfile(
  ctx: MutationCtx,
  patch: ProfilePatch,
): Promise<Profile & { updatedFields: ("name" | "zone" | "theme")[] }> {
  if (Object.values(patch).every((value) => value === undefined))
    throw invalid("", "Name at least one field to change.");
  const [row] = await ctx.db.query<{ before: Row | null; after: Row | null }>(update, [
    ...ownerOf(ctx.actor),
    patch.name ?? null,
    patch.zone ?? null,
    patch.theme ?? null,
    ctx.now,
  ]);
  if (!row?.before) throw new AppError("INVALID_TOKEN", "This account does not exist any more.");
  const { before, after } = row;
  const now = after ?? before;
  if (after)
    ctx.recorder.changed({
      entity: "profile",
      id: before.id,
      versionBefore: before.version,
      versionAfter: after.version,
      before,
      after,
    });
  const names = { name: "name", zone: "time_zone", theme: "theme" } as const;
  const updatedFields = (Object.keys(names) as (keyof typeof names)[]).filter(
    (f) => now[names[f]] !== before[names[f]],
  );
  return {
    id: now.id,
    name: now.name,
    email: now.email,
    zone: now.time_zone,
    theme: now.theme,
    createdAt: new Date(now.created_at).toISOString(),
    updatedAt: new Date(now.updated_at).toISOString(),
    updatedFields,
  };
}
