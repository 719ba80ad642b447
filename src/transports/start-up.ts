import "server-only";
import { notePeers } from "#core/address.ts";
import { env } from "#core/env.ts";
import { log } from "#core/log.ts";
import { mendRequestLines } from "#core/request-line.ts";
import { allCapabilities } from "./capabilities.ts";
import type { serveOAuth } from "./oauth/mount.ts";

/** Where the Pages route finds the authorization server (pages/api/oidc); loaded with the first request for it. */
const shared = globalThis as unknown as { mindflowOAuth?: Handler };
type Handler = (...exchange: Parameters<typeof serveOAuth>) => Promise<void>;

/** What every server process does before it serves: checks the settings and the table of contents, and says that it is there. */
export function startUp(): void {
  const { APP_URL, NODE_ENV, TRUSTED_PROXY_HOPS } = env();
  notePeers();
  mendRequestLines();
  shared.mindflowOAuth = async (...exchange) => (await import("./oauth/mount.ts")).serveOAuth(...exchange);
  log().info(
    { appUrl: APP_URL, mode: NODE_ENV, capabilities: allCapabilities.length, trustedProxyHops: TRUSTED_PROXY_HOPS },
    "started",
  );
}
