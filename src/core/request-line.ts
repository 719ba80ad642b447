import "server-only";
import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";

const shared = globalThis as unknown as { mindflowRequestLines?: true };

/** Methods that a web Request cannot have, so that Next fails at them. */
const unheardOf = new Set(["TRACE", "TRACK", "CONNECT"]);

const isDecodable = (path: string) => {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
};

/**
 * The same address where Next can read it, else one that means what was written: `/tasks/%ff` is no encoding of anything, so
 * its percent sign is a character. Next answers 500 to it, without headers and without a line in the log.
 */
export function mendedUrl(method: string, url: string): string {
  if (unheardOf.has(method)) return "/api/refused/METHOD_NOT_ALLOWED";
  if (url === "*") return "/api/*";
  const [path = ""] = url.split("?", 1);
  return isDecodable(path) ? url : path.replaceAll("%", "%25") + url.slice(path.length);
}

/** Mends the first line of every request before Next reads it; called once at start (instrumentation.ts). */
export function mendRequestLines(): void {
  if (shared.mindflowRequestLines) return;
  shared.mindflowRequestLines = true;
  subscribe("http.server.request.start", (message) => {
    const { request } = message as { request: IncomingMessage };
    const { method = "GET", url = "/" } = request;
    request.url = mendedUrl(method, url);
    if (unheardOf.has(method)) request.method = "GET";
  });
}
