import type { Db } from "./db.ts";
import { inFence } from "./fence.ts";
import type { Scope } from "./scopes.ts";

/** How the actor proved who it is. */
export type Via = "browser" | "assistant" | "api_key" | "system";

/** Which door a request came through. */
export type Door = "page" | "form" | "trpc" | "rest" | "mcp" | "job";

declare const verified: unique symbol;

/**
 * Somebody whose credential was verified. The brand cannot be written by hand: only `mintActor` makes one, and only the
 * files that verify a credential may import it (architecture test).
 */
export type Actor = Readonly<{
  userId: string;
  via: Via;
  scopes: ReadonlySet<Scope>;
  /** Ids of the projects this actor may see; null = all. Every query carries it, see `owned`. */
  fence: readonly string[] | null;
  sessionId: string | null;
  clientId: string | null;
  /** What the assistant is called on this person's pages. */
  clientName: string | null;
  grantId: string | null;
  name: string;
  email: string;
  role: "user" | "admin";
  zone: string;
  theme: "system" | "light" | "dark";
  [verified]: true;
}>;

export const mintActor = (proof: Omit<Actor, typeof verified>): Actor => Object.freeze(proof) as Actor;

/** One row touched: images hold exactly the columns the journal may restore (journal/rules.ts). */
export type RowChange = {
  entity: "task" | "profile";
  id: string;
  versionBefore: number | null;
  versionAfter: number;
  before: Record<string, unknown> | null;
  after: Record<string, unknown>;
};

/** What a mutation tells the journal; everything is written in the mutation's own transaction (design §7). */
export interface Recorder {
  /** The id that this operation has in the journal once something changed. */
  readonly operationId: string;
  changed(change: RowChange): void;
  /** This operation takes back another one. */
  undoes(operationId: string): void;
  /** Why, in the words of whoever acted. */
  because(reason: string | undefined): void;
  /** The connection or credential that the call is about: leaves an audit event that names it, even beside a journal entry. */
  about(id: string): void;
}

/** What every capability gets: who acts, when, on which database handle, and where to record. No request in sight. */
export type Ctx = Readonly<{
  actor: Actor;
  now: Date;
  db: Db;
  door: Door;
  requestId: string;
  address: string | null;
}>;

export type MutationCtx = Ctx & Readonly<{ recorder: Recorder }>;

/**
 * The owner and fence predicate of a table with `user_id` and `project_id`; by convention $1 is the owner and $2 the fence
 * (`ownerOf(actor)` gives both). Every query of every data.ts starts from this (design §5, architecture test).
 */
export const owned = (table: string): string => `${table}.user_id = $1::uuid AND ${inFence(table)}`;

/** The first two parameters of every query. */
export const ownerOf = (actor: Actor): [string, readonly string[] | null] => [actor.userId, actor.fence];
