import { TRPCClientError } from "@trpc/client";
import { messages } from "../messages.ts";

/** What the server tells the browser of a refusal beside its message. */
type Refusal = Readonly<{
  appCode: string;
  details: readonly Readonly<{ field: string; message: string }>[];
  requestId: string;
}>;

/** Why something failed, in words, with what was wrong by field. `isLost` when no answer came at all. */
export type Failure = Readonly<{
  text: string;
  code: string;
  isLost: boolean;
  fields: Readonly<Record<string, string>>;
}>;

/** Turns whatever a call threw into words a person can act on. */
export function failureOf(error: unknown): Failure {
  const data = error instanceof TRPCClientError ? (error.data as Refusal | null | undefined) : null;
  if (!data?.appCode) return { text: messages.failed.connection, code: "", isLost: true, fields: {} };
  const fields = Object.fromEntries(data.details.map(({ field, message }) => [field, message]));
  const text = data.appCode === "AUTH_REQUIRED" ? messages.failed.session : error instanceof Error ? error.message : "";
  return { text, code: data.appCode, isLost: false, fields };
}
