import { z } from "zod";
import { type TokenScope, tokenScopes } from "#core/scopes.ts";
import { timelineSchema, undoManySchema, undoPreviewSchema } from "#features/journal/schema.ts";
import { spans } from "./rules.ts";

const id = z.uuid("Is not an id.");

/** How sure the server is of who the client is: pinned by the admin, proved by its domain, or only said by itself. */
const trusts = ["verified", "domain", "self"] as const;
export type Trust = (typeof trusts)[number];

/** A connection as the page's frame shows it. */
const nameSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  color: z.int().min(0).max(5),
  isPaused: z.boolean(),
  isEnded: z.boolean(),
});
export const namesSchema = z.object({ items: z.array(nameSchema) });
export type AssistantName = z.output<typeof nameSchema>;

const assistantSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  host: z.string().nullable().describe("Host of the client's own document; null where the client only registered."),
  redirectUri: z.string(),
  trust: z.enum(trusts),
  color: z.int().min(0).max(5),
  approved: z.array(z.string()).describe("What the person approved."),
  scopes: z.array(z.string()).describe("What is left of it."),
  createdAt: z.string(),
  lastUsedAt: z.string().nullable(),
  expiresAt: z.string().nullable(),
  pausedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  endedBy: z.string().nullable().describe("person, client, reuse, expiry or credentials."),
  today: z.object({ read: z.int(), changed: z.int(), refused: z.int() }),
});
export type Assistant = z.output<typeof assistantSchema>;

export const assistantListSchema = z.object({ items: z.array(assistantSchema) });

export const getAssistantSchema = z.strictObject({
  id,
  cursor: z.string().min(1).max(200).optional(),
  limit: z.int().min(1).max(100).default(30),
});
export const assistantDetailSchema = assistantSchema.extend({
  lastRefusal: z.object({ at: z.string(), capability: z.string(), code: z.string().nullable() }).nullable(),
  receipts: timelineSchema,
});
export type AssistantDetail = z.output<typeof assistantDetailSchema>;

export const assistantRefSchema = z.strictObject({ id });
/** What an act on a connection leaves: the connection as it is now. */
export const assistantStateSchema = assistantSchema.omit({ today: true });
export type AssistantState = z.output<typeof assistantStateSchema>;

const allowed = z.boolean().default(false);
/** One switch for each scope, as a form sends them: what is not there is off. */
export const narrowSchema = z.strictObject({
  id,
  ...(Object.fromEntries(tokenScopes.map((scope) => [scope, allowed])) as Record<TokenScope, typeof allowed>),
});
export type Narrowing = z.output<typeof narrowSchema>;

export const undoSpanSchema = z.strictObject({ id, since: z.union([z.enum(spans), z.iso.datetime({ offset: true })]) });
export const previewSchema = undoPreviewSchema;
export const undoneSchema = undoManySchema;
export const disconnectedSchema = assistantStateSchema.extend({ undo: undoManySchema });
