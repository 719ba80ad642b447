import "server-only";
import { z } from "zod";
import { mutation, query } from "#core/capability.ts";
import { getProfile } from "./data.ts";
import { profileSchema, profileUpdateSchema, updateProfileSchema } from "./schema.ts";
import { updateProfile } from "./service.ts";

// The *profile* is what a person is called, which zone their days are in, and how the pages look.

export const profile = {
  get: query({
    summary: "Get your profile",
    scope: "profile:read",
    input: z.strictObject({}),
    output: profileSchema,
    http: { method: "GET", path: "/profile" },
    run: getProfile,
  }),
  update: mutation({
    summary: "Change name, time zone or theme",
    scope: "profile:write",
    limit: "profile",
    input: updateProfileSchema,
    output: profileUpdateSchema,
    http: { method: "PATCH", path: "/profile" },
    run: updateProfile,
  }),
};
