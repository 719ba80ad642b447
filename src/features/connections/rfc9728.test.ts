import * as oauth from "oauth4webapi";
import { describe, expect, test } from "vitest";
import { env } from "#core/env.ts";
import { send } from "#testing/loopback.ts";
import { discover, overLoopback } from "#testing/oauth.ts";

describe("protected resource metadata (RFC 9728)", () => {
  test.each(["/.well-known/oauth-protected-resource", "/.well-known/oauth-protected-resource/mcp"])(
    "%s names the exact resource, its server and the least that is of use (security OA-01)",
    async (path) => {
      const answer = await send(path);
      expect(answer.status).toBe(200);
      expect(await answer.json()).toEqual({
        resource: "http://localhost:3000/mcp",
        authorization_servers: ["http://localhost:3000"],
        scopes_supported: ["tasks:read", "tasks:write"],
        bearer_methods_supported: ["header"],
        resource_name: "MindFlow",
      });
    },
  );

  test("a client finds the authorization server from nothing but the resource's address", async () => {
    const resource = new URL(`${env().APP_URL}/mcp`);
    const found = await oauth.resourceDiscoveryRequest(resource, overLoopback);
    const metadata = await oauth.processResourceDiscoveryResponse(resource, found);
    expect(metadata.authorization_servers).toEqual([(await discover()).issuer]);
  });

  test("a call without a token, or with one that does not hold, is told where to look (RFC 6750 §3)", async () => {
    const pointer = 'resource_metadata="http://localhost:3000/.well-known/oauth-protected-resource/mcp"';
    const without = await send("/api/v1/tasks");
    expect(without.status).toBe(401);
    expect(without.headers.get("www-authenticate")).toBe(`Bearer ${pointer}, scope="tasks:read tasks:write"`);
    const wrong = await send("/api/v1/tasks", { headers: { Authorization: "Bearer nothing" } });
    expect(wrong.status).toBe(401);
    expect(wrong.headers.get("www-authenticate")).toContain(`Bearer ${pointer}`);
    expect(wrong.headers.get("www-authenticate")).toContain('error="invalid_token"');
  });
});
