import { z } from "zod";
import { isZone } from "#core/clock.ts";
import { messages } from "./messages.ts";

const { fields } = messages;

/** Characters as people count them: a letter outside the basic plane is one, as in Postgres. */
const characters = (value: string) => [...value].length;

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const hasControl = (value: string) => /[\u0000-\u001F\u007F-\u009F]/u.test(value);
const isClean = (value: string) => value.isWellFormed() && !hasControl(value);

/**
 * NFKC first and only then trimmed, lower-cased and validated: a full-width `＠` must not turn into a second `@` after the
 * check (security ID-04, requirements S4-20).
 */
export const emailSchema = z
  .string()
  .max(1000, fields.emailLong)
  .transform((value) => value.normalize("NFKC").trim().toLowerCase())
  .pipe(z.email(fields.email).max(255, fields.emailLong));

/** Letters of any script with their marks, spaces, hyphens, apostrophes, periods (design §12, requirements S4-22). */
export const displayNameSchema = z
  .string()
  // Before it is normalized: the time that takes grows with the square of a row of combining marks.
  .max(1000, { error: fields.nameLong, abort: true })
  .refine(isClean, { message: fields.characters, abort: true })
  .transform((value) => value.normalize("NFC").trim().replace(/\s+/gu, " "))
  .refine((value) => characters(value) >= 2, { message: fields.nameShort, abort: true })
  .refine((value) => characters(value) <= 100, { message: fields.nameLong, abort: true })
  .refine((value) => /^[\p{L}\p{M} .'’‐-]+$/u.test(value) && /\p{L}/u.test(value), fields.nameLetters);

const passwordMinimum = 12;
const passwordMaximum = 128;

/**
 * Passwords are NFC, so that é typed on two systems is one password; nothing else is changed, spaces at the ends count
 * (security ID-03). No composition rules (design §8).
 */
const anyPassword = z
  .string()
  .max(1000, fields.passwordLong)
  .refine((value) => value.isWellFormed() && !value.includes("\0"), { message: fields.characters, abort: true })
  .normalize("NFC")
  .refine((value) => characters(value) <= passwordMaximum, { message: fields.passwordLong, abort: true });

export const newPasswordSchema = anyPassword.refine(
  (value) => characters(value) >= passwordMinimum,
  fields.passwordShort,
);

/** An IANA zone that this runtime knows. */
export const zoneSchema = z.string().max(50, fields.zone).refine(isZone, fields.zone);

const returnTo = z.string().max(2000).optional();

export const signInSchema = z.strictObject({
  email: emailSchema,
  password: anyPassword.refine((value) => value !== "", fields.passwordMissing),
  returnTo,
});
/** `returnTo`: where signing in again, perhaps as somebody else, leads. */
export const signOutSchema = z.strictObject({ returnTo });
export const newAccountSchema = z.strictObject({
  name: displayNameSchema,
  email: emailSchema,
  password: newPasswordSchema,
  timeZone: zoneSchema.default("UTC"),
});
export type NewAccount = z.output<typeof newAccountSchema>;

/** A secret from a link: 32 random bytes as base64url. */
export const linkTokenSchema = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

const inviteSchema = z.object({
  id: z.string(),
  email: z.string().nullable().describe("Only this address may use it; null: anybody who has the link."),
  status: z.enum(["open", "used", "expired", "revoked"]),
  usedBy: z.string().nullable().describe("E-mail address of the account it made."),
  createdAt: z.string(),
  expiresAt: z.string(),
});
export type Invite = z.output<typeof inviteSchema>;

export const listInvitesSchema = z.strictObject({});
export const inviteListSchema = z.object({ items: z.array(inviteSchema) });
export const createInviteSchema = z.strictObject({
  email: emailSchema.optional().describe("Only this address may use it."),
});
export const createdInviteSchema = z.object({
  invite: inviteSchema,
  link: z.string().nullable().describe("In the first answer only; it is not stored."),
});
export const revokeInviteSchema = z.strictObject({ id: z.uuid("Is not an id.") });
export const revokedInviteSchema = z.object({ invite: inviteSchema });
