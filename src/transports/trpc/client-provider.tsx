"use client";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createTRPCClient, httpLink, retryLink, TRPCClientError, type TRPCLink } from "@trpc/client";
import { observable } from "@trpc/server/observable";
import { useState } from "react";
import { TRPCProvider } from "#core/trpc.ts";
import type { AppRouter } from "./router.ts";

/** Open pages ask again every five seconds and when they come to the front (server push comes later). */
const pollMs = 5_000;

/** A refusal is final; only a connection that broke is worth another try. */
const isLostConnection = (error: unknown) => error instanceof TRPCClientError && !error.data && !error.shape;

const makeQueryClient = () =>
  new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 1_000,
        refetchInterval: (query) => (query.state.status === "error" ? pollMs * 4 : pollMs),
        refetchOnWindowFocus: "always",
        retry: (count, error) => count < 2 && isLostConnection(error),
      },
      mutations: { networkMode: "always" },
    },
  });

/** Gives every mutation its idempotency key before it is tried, so that a retry is the same call (design §5). */
const withIdempotencyKey: TRPCLink<AppRouter> =
  () =>
  ({ op, next }) =>
    observable((observer) =>
      next(
        op.type === "mutation" ? { ...op, context: { idempotencyKey: crypto.randomUUID(), ...op.context } } : op,
      ).subscribe(observer),
    );

const makeClient = () =>
  createTRPCClient<AppRouter>({
    links: [
      withIdempotencyKey,
      retryLink({
        retry: ({ op, error, attempts }) => op.type === "mutation" && attempts < 3 && isLostConnection(error),
        retryDelayMs: (n) => 300 * n,
      }),
      httpLink({
        url: "/api/trpc",
        headers: ({ op }) => {
          const key = op.context.idempotencyKey;
          return typeof key === "string" ? { "Idempotency-Key": key } : {};
        },
      }),
    ],
  });

/** The browser's client: TanStack Query over tRPC. Only session-cookie pages mount it. */
export function ClientProvider({ children }: { children: React.ReactNode }) {
  const [queryClient] = useState(makeQueryClient);
  const [trpcClient] = useState(makeClient);
  return (
    <QueryClientProvider client={queryClient}>
      <TRPCProvider trpcClient={trpcClient} queryClient={queryClient}>
        {children}
      </TRPCProvider>
    </QueryClientProvider>
  );
}
