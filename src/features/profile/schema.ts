import { z } from "zod";
import { isZone } from "#core/clock.ts";
import { line } from "#core/text.ts";

const themes = ["system", "light", "dark"] as const;

/** Letters of any script, marks, spaces, hyphen, apostrophe and period; runs of spaces become one (requirements T-01, design §12). */
const displayName = line(2, 100)
  .overwrite((name) => name.replace(/\s+/gu, " "))
  .regex(/^[\p{L}\p{M}][\p{L}\p{M} .'’-]*$/u, "May have letters, spaces, hyphens, apostrophes and periods.");

const zoneSchema = z
  .string()
  .max(50, { error: "Is not a time zone.", abort: true })
  .refine(isZone, "Is not a time zone.");

export const profileSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  email: z.string(),
  zone: z.string().describe("IANA time zone, such as Asia/Kathmandu."),
  theme: z.enum(themes),
  createdAt: z.string(),
  updatedAt: z.string(),
});
export type Profile = z.output<typeof profileSchema>;

export const updateProfileSchema = z.strictObject({
  name: displayName.optional(),
  zone: zoneSchema.optional(),
  theme: z.enum(themes).optional(),
});
export type ProfilePatch = z.output<typeof updateProfileSchema>;

export const profileUpdateSchema = profileSchema.extend({
  updatedFields: z.array(z.enum(["name", "zone", "theme"])).describe("What was really different."),
});
