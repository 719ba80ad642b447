import "server-only";
import { type Ctx, ownerOf } from "#core/context.ts";
import { sql } from "#core/db.ts";
import { AppError } from "#core/errors.ts";
import type { Profile } from "./schema.ts";

/** The actor's own row. A profile lies in no project, so a fence does not hide it; $2 is there by convention. */
export const ownProfile = "u.id = $1::uuid AND ($2::uuid[] IS NULL OR true)";

const own = sql(`
SELECT u.id, u.name, u.email, u.time_zone AS zone, u.theme, u.created_at AS "createdAt", u.updated_at AS "updatedAt"
FROM users u WHERE ${ownProfile} AND u.deleted_at IS NULL`);

/** The profile of the actor. @throws INVALID_TOKEN when the account behind the credential is gone (requirements S3-12) */
export async function getProfile(ctx: Ctx): Promise<Profile> {
  const [row] = await ctx.db.query<Profile>(own, ownerOf(ctx.actor));
  if (!row) throw new AppError("INVALID_TOKEN", "This account does not exist any more.");
  return row;
}
