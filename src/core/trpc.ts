"use client";
import { createTRPCContext } from "@trpc/tanstack-react-query";
// The one place where a lower layer looks up: the type, and only the type, of what the server offers.
import type { AppRouter } from "#transports/trpc/router.ts";

/** `useTRPC()` gives typed query and mutation options for every capability; `useTRPCClient()` calls one directly. */
export const { TRPCProvider, useTRPC, useTRPCClient } = createTRPCContext<AppRouter>();
