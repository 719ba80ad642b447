import "server-only";
import pino from "pino";
import { env } from "./env.ts";
import type { AppError } from "./errors.ts";

const shared = globalThis as unknown as { mindflowLog?: pino.Logger };

/** JSON lines on standard output; pino's own redaction is the second wall behind never logging secrets at all. */
export function log(): pino.Logger {
  shared.mindflowLog ??= pino({
    level: env().LOG_LEVEL,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: [
      "password",
      "token",
      "secret",
      "cookie",
      "authorization",
      "*.password",
      "*.token",
      "*.secret",
      "*.cookie",
      "*.authorization",
    ],
  });
  return shared.mindflowLog;
}

/** One wide event per request: filled on the way, written once at the end (design §5, style §2.1). */
export type RequestEvent = {
  requestId: string;
  door: string;
  method?: string;
  path?: string;
  status?: number;
  code?: string;
  capability?: string;
  actor?: string;
  via?: string;
  sessionId?: string;
  clientId?: string;
  replayed?: boolean;
  queries: number;
  startedAt: number;
  /** What went wrong, for a door that answers it itself. */
  failure?: AppError;
};

export const startEvent = (requestId: string, door: string, method?: string, path?: string): RequestEvent => ({
  requestId,
  door,
  ...(method === undefined ? {} : { method }),
  ...(path === undefined ? {} : { path }),
  queries: 0,
  startedAt: performance.now(),
});

/** Writes the event; the level follows the status. The cause of an unexpected failure goes with it, stack and all. */
export function finishEvent({ startedAt, failure, ...event }: RequestEvent): void {
  const milliseconds = Math.round((performance.now() - startedAt) * 10) / 10;
  const status = event.status ?? 200;
  const cause = status >= 500 ? (failure?.cause ?? failure) : undefined;
  const line = {
    ...event,
    milliseconds,
    ...(cause === undefined ? {} : { err: pino.stdSerializers.err(cause as Error) }),
  };
  log()[status >= 500 ? "error" : status === 429 ? "warn" : "info"](line, "request");
}
