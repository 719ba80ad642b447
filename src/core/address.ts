import "server-only";
import { randomBytes } from "node:crypto";
import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import { env } from "./env.ts";

/**
 * Route handlers see a web Request, which has no socket; and Next keeps an `X-Forwarded-For` that the client sent. So every
 * request gets this header before Next sees it. Its value starts with a word only this process knows: a client cannot
 * write one, not even for a request that arrives before the subscription.
 */
const headerName = "x-mindflow-peer";
const shared = globalThis as unknown as { mindflowPeerSeal?: string };

/** Notes the peer address of every request of this process; called once at start (instrumentation.ts). */
export function notePeers(): void {
  if (shared.mindflowPeerSeal) return;
  const seal = randomBytes(16).toString("hex");
  shared.mindflowPeerSeal = seal;
  subscribe("http.server.request.start", (message) => {
    const { request } = message as { request: IncomingMessage };
    request.headers[headerName] = `${seal} ${request.socket.remoteAddress ?? ""}`;
  });
}

/** Without a port, brackets, zone or IPv4-in-IPv6 wrapping; null when it is no address. */
function cleaned(value: string): string | null {
  const bare = value
    .trim()
    .replace(/^\[([^\]]+)\](?::\d+)?$/, "$1")
    .replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, "$1")
    .replace(/%.*$/, "")
    .replace(/^::ffff:(?=\d+\.)/i, "");
  return isIP(bare) ? bare.toLowerCase() : null;
}

function peerOf(headers: Headers): string | null {
  const [seal, peer = ""] = (headers.get(headerName) ?? "").split(" ");
  return seal && seal === shared.mindflowPeerSeal ? cleaned(peer) : null;
}

/**
 * The address of the client (requirements +11). With no trusted proxy it is the socket's, whatever the request claims.
 * With n proxies it is the n-th entry of `X-Forwarded-For` from the right: each trusted proxy appended the address it saw,
 * and everything further left is the client's own invention.
 * @returns an IP address, or null when it cannot be told
 */
export function clientAddress(headers: Headers, socketAddress: string | null = peerOf(headers)): string | null {
  const hops = env().TRUSTED_PROXY_HOPS;
  if (hops === 0) return socketAddress && cleaned(socketAddress);
  const entries = (headers.get("x-forwarded-for") ?? "").split(",").filter((entry) => entry.trim() !== "");
  const entry = entries.at(-hops) ?? entries[0];
  return cleaned(entry ?? socketAddress ?? "");
}

/** What an address is counted under: one IPv6 customer has a whole /64, so its last half says nothing. */
export function addressKey(address: string | null): string {
  if (!address?.includes(":")) return address ?? "unknown";
  const [head = "", tail = ""] = address.split("::");
  const left = head.split(":").filter(Boolean);
  const right = tail.split(":").filter(Boolean);
  const middle = address.includes("::") ? Array<string>(Math.max(0, 8 - left.length - right.length)).fill("0") : [];
  return `${[...left, ...middle, ...right]
    .slice(0, 4)
    .map((part) => Number.parseInt(part, 16).toString(16))
    .join(":")}::/64`;
}
