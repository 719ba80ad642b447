import "server-only";
import { env } from "#core/env.ts";
import { handleRequest } from "#core/request.ts";
import { resource } from "#features/connections/bearer.ts";
import { basicScopes } from "../challenge.ts";
import { preflight, withCors } from "../rest/cors.ts";
import { problem } from "../rest/problem.ts";

/** Protected resource metadata (RFC 9728 §2): which authorization server gives tokens for us, and what to ask for. */
const document = () => ({
  resource: resource(),
  authorization_servers: [env().APP_URL],
  scopes_supported: basicScopes,
  bearer_methods_supported: ["header"],
  resource_name: "MindFlow",
});

/** `/.well-known/oauth-protected-resource`, and the same with `/mcp` behind it, where a 401 points to: clients ask for either. */
export const handleMetadata = (request: Request): Promise<Response> =>
  handleRequest(
    request,
    "oauth",
    async () => {
      if (request.method === "OPTIONS") return preflight(request);
      return withCors(request, Response.json(document(), { headers: { "Cache-Control": "public, max-age=300" } }));
    },
    (error, event) => problem(error, event.requestId),
  );
