import "server-only";
import { env } from "#core/env.ts";
import type { AppError } from "#core/errors.ts";
import type { TokenScope } from "#core/scopes.ts";

/** What an assistant should ask for at first: enough for the main job. More is asked for when it is needed. */
export const basicScopes = ["tasks:read", "tasks:write"] as const satisfies readonly TokenScope[];

/** A quoted string of a header holds ASCII without quotes and backslashes (RFC 6750 §3). */
const quotable = (text: string) =>
  text
    .replaceAll(/[“”„"]/g, "'")
    .replaceAll(/[^\u0020-\u005b\u005d-\u007e]/g, "?")
    .slice(0, 300);

/**
 * The `WWW-Authenticate` header of a refusal (RFC 6750 §3, RFC 9728 §5.1): where to ask for a token and what for. Nothing
 * for refusals that no other token would change.
 */
export function challengeOf(error: AppError): string | null {
  const metadata = `resource_metadata="${env().APP_URL}/.well-known/oauth-protected-resource/mcp"`;
  const basic = `scope="${basicScopes.join(" ")}"`;
  const described = (code: string) => `error="${code}", error_description="${quotable(error.message)}"`;
  if (error.code === "AUTH_REQUIRED") return `Bearer ${metadata}, ${basic}`;
  if (error.code === "INVALID_TOKEN") return `Bearer ${metadata}, ${basic}, ${described("invalid_token")}`;
  if (error.code !== "FORBIDDEN" || !error.wants) return null;
  return `Bearer ${described("insufficient_scope")}, scope="${error.wants.join(" ")}", ${metadata}`;
}
