import "server-only";
import pino from "pino";
import { env } from "./env.ts";
import { type AppError, errorTable } from "./errors.ts";

const shared = globalThis as unknown as { mindflowLog?: pino.Logger };

/**
 * Kind, code, message and stack frames. The other fields of a database error can hold whole rows, and Prisma's messages
 * print the arguments of the call, hashes of passwords among them, before the last line says what was wrong.
 */
function describe(thrown: unknown): Record<string, unknown> {
  if (!(thrown instanceof Error)) return { type: typeof thrown, message: String(thrown) };
  const { type, message, stack } = pino.stdSerializers.err(thrown);
  const { code } = thrown as { code?: unknown };
  return {
    type,
    ...(typeof code === "string" ? { code } : {}),
    message: type.startsWith("Prisma") ? message.split("\n").at(-1) : message,
    stack: stack
      .split("\n")
      .filter((line) => /^\s+at /.test(line))
      .join("\n"),
  };
}

const secretFields = ["password", "token", "secret", "cookie", "authorization"];

/** A logger of JSON lines; pino's own redaction is the second wall behind never logging secrets at all. */
export const makeLog = (level: string, destination?: pino.DestinationStream): pino.Logger =>
  pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: describe },
      redact: secretFields.flatMap((field) => [field, `*.${field}`]),
    },
    destination,
  );

/** The log of this process, on standard output. */
export function log(): pino.Logger {
  shared.mindflowLog ??= makeLog(env().LOG_LEVEL);
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
  /** What an assistant asked for over MCP, and which tool. */
  rpc?: string;
  tool?: string;
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
  // A tool that fails on our side answers 200 with the failure inside.
  const answered = event.status ?? 200;
  const status = failure && answered < 400 ? errorTable[failure.code].status : answered;
  const cause = status >= 500 ? (failure?.cause ?? failure) : undefined;
  const line = { ...event, milliseconds, ...(cause === undefined ? {} : { err: cause }) };
  log()[status >= 500 ? "error" : status === 429 ? "warn" : "info"](line, "request");
}
