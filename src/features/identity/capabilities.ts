import "server-only";
import { mutation, query } from "#core/capability.ts";
import { listInvites } from "./data.ts";
import {
  createdInviteSchema,
  createInviteSchema,
  inviteListSchema,
  listInvitesSchema,
  revokedInviteSchema,
  revokeInviteSchema,
} from "./schema.ts";
import { createInvite, revokeInvite } from "./service.ts";

/** An invite is a link by which one person makes an account. Browser sessions of admins only: no token can hold `admin`. */
export const invites = {
  list: query({
    summary: "List the invites you made",
    scope: "admin",
    input: listInvitesSchema,
    output: inviteListSchema,
    run: async (ctx) => ({ items: await listInvites(ctx) }),
  }),
  create: mutation({
    summary: "Create an invite link",
    scope: "admin",
    input: createInviteSchema,
    output: createdInviteSchema,
    shownOnce: ["link"],
    run: createInvite,
  }),
  revoke: mutation({
    summary: "Revoke an invite",
    scope: "admin",
    input: revokeInviteSchema,
    output: revokedInviteSchema,
    run: revokeInvite,
  }),
} as const;
