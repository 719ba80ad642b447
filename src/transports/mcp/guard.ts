import "server-only";
import { env, isLoopback } from "#core/env.ts";
import { AppError } from "#core/errors.ts";

/** The name that was asked for, as it came in; behind a proxy that is trusted, the one that the outermost proxy was asked for. */
function hostOf(request: Request): string {
  const forwarded = env().TRUSTED_PROXY_HOPS > 0 ? request.headers.get("x-forwarded-host") : null;
  return forwarded?.split(",", 1)[0]?.trim() ?? request.headers.get("host") ?? new URL(request.url).host;
}

/**
 * A page somewhere may make its own name mean this machine and then ask us as if we were it (DNS rebinding): only our own
 * names are answered, and only pages of our own or of the configured origins (requirements +08, security MC-03). Programs
 * send no Origin.
 * @throws AppError FORBIDDEN
 */
export function assertKnownPlace(request: Request): void {
  const host = `http://${hostOf(request)}`;
  const name = URL.canParse(host) ? new URL(host).hostname : "";
  if (name !== new URL(env().APP_URL).hostname && !isLoopback(name))
    throw new AppError("FORBIDDEN", `This server is not called that. Use ${env().APP_URL}/mcp.`);
  const origin = request.headers.get("origin");
  if (origin !== null && origin !== env().APP_URL && !env().CORS_ORIGINS.includes(origin))
    throw new AppError("FORBIDDEN", "Pages of this origin may not call this server.");
}
