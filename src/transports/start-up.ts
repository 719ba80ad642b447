import "server-only";
import { notePeers } from "#core/address.ts";
import { env } from "#core/env.ts";
import { log } from "#core/log.ts";
import { mendRequestLines } from "#core/request-line.ts";
import { allCapabilities } from "./capabilities.ts";

/** What every server process does before it serves: checks the settings and the table of contents, and says that it is there. */
export function startUp(): void {
  const { APP_URL, NODE_ENV, TRUSTED_PROXY_HOPS } = env();
  notePeers();
  mendRequestLines();
  log().info(
    { appUrl: APP_URL, mode: NODE_ENV, capabilities: allCapabilities.length, trustedProxyHops: TRUSTED_PROXY_HOPS },
    "started",
  );
}
