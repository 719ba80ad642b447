import "server-only";
import { initTRPC, TRPCError, type TRPCMutationProcedure, type TRPCQueryProcedure } from "@trpc/server";
import type { z } from "zod";
import { costOf, type Mutation, type Query, type Receipt } from "#core/capability.ts";
import { AppError, type ErrorCode, errorTable, toAppError } from "#core/errors.ts";
import { type Caller, invoke } from "#core/invoke.ts";
import type { Cost } from "#core/limits.ts";
import type { RequestEvent } from "#core/log.ts";
import { allCapabilities, type capabilities } from "../capabilities.ts";

type TrpcContext = { event: RequestEvent; caller: (cost: Cost) => Promise<Caller> };

/** What the browser gets to know of a refusal, beside its message. */
type TrpcErrorData = {
  appCode: string;
  details: AppError["details"];
  requestId: string;
  retryAfterSeconds: number | null;
};

/** tRPC's own refusals (unknown path, malformed JSON, wrong method) carry no AppError; these are the client's mistakes. */
const ownRefusals: Partial<Record<TRPCError["code"], [ErrorCode, string]>> = {
  NOT_FOUND: ["RESOURCE_NOT_FOUND", "There is no such operation."],
  METHOD_NOT_SUPPORTED: ["METHOD_NOT_ALLOWED", "Queries are asked for with GET, changes are sent with POST."],
  UNSUPPORTED_MEDIA_TYPE: ["UNSUPPORTED_MEDIA_TYPE", "Send the input as application/json."],
  INTERNAL_SERVER_ERROR: ["INTERNAL_ERROR", errorTable.INTERNAL_ERROR.title],
};

const t = initTRPC.context<TrpcContext>().create({
  errorFormatter({ shape, error, ctx }) {
    const known = error.cause instanceof AppError ? error.cause : null;
    const why = error.cause instanceof SyntaxError ? "The input is not valid JSON." : "This request is not valid.";
    const [code, message] = ownRefusals[error.code] ?? ["VALIDATION_ERROR", why];
    const { stack: _, ...rest } = shape.data as typeof shape.data & { stack?: string };
    const data: TrpcErrorData = {
      appCode: known?.code ?? code,
      details: known?.details ?? [],
      requestId: ctx?.event.requestId ?? "",
      retryAfterSeconds: known?.retryAfterSeconds ?? null,
    };
    return {
      ...shape,
      message: known?.message ?? message,
      data: { ...rest, ...data },
    };
  },
});

type Table = typeof capabilities;
type Procedure<C> =
  C extends Query<infer I, infer O>
    ? TRPCQueryProcedure<{ input: z.input<I>; output: z.output<O>; meta: unknown }>
    : C extends Mutation<infer I, infer O>
      ? TRPCMutationProcedure<{ input: z.input<I>; output: z.output<O> & Receipt; meta: unknown }>
      : never;
type Routes = { [F in keyof Table]: { [V in keyof Table[F]]: Procedure<Table[F][V]> } };

/** A refusal as tRPC wants it; the AppError travels as its cause. */
const asTrpc = (failure: unknown): TRPCError => {
  const error = toAppError(failure);
  return new TRPCError({ code: errorTable[error.code].trpc, message: error.message, cause: error });
};

/** One procedure for each capability. The input passes through: `invoke` validates it, once. */
function procedures() {
  const raw = t.procedure.input((input: unknown) => input);
  const groups: Record<string, Record<string, unknown>> = {};
  for (const named of allCapabilities) {
    const [feature = "", verb = ""] = named.name.split(".");
    const run = async ({ ctx, input }: { ctx: TrpcContext; input: unknown }) => {
      try {
        return await invoke(named, await ctx.caller(costOf(named.capability)), input);
      } catch (failure) {
        throw asTrpc(failure);
      }
    };
    groups[feature] ??= {};
    groups[feature][verb] = named.capability.kind === "query" ? raw.query(run) : raw.mutation(run);
  }
  // The table's own types say what was built here in a loop.
  return groups as unknown as Routes;
}

export const appRouter = t.router(procedures());
export type AppRouter = typeof appRouter;
