// What the proxy leaves to a route handler (src/proxy.ts). API routes do not pass the proxy, so none is routed by the header.
const answers = ["/api/right-name", "/api/identity/set-up", "/api/identity/sign-up"];

// The authorization server is a Node handler; beforeFiles rewrites leave it the address that was asked for.
const authorizationServer = [
  "/oauth/authorize",
  "/oauth/authorize/:uid",
  "/oauth/token",
  "/oauth/register",
  "/oauth/revoke",
  "/oauth/introspect",
  "/.well-known/oauth-authorization-server",
  "/.well-known/openid-configuration",
  "/.well-known/jwks.json",
].map((source) => ({ source, destination: `/api/oidc${source}` }));

/** @type {import("next").NextConfig} */
export default {
  output: "standalone",
  reactCompiler: true,
  typedRoutes: true,
  poweredByHeader: false,
  // Native modules stay outside the bundle; the standalone trace copies them.
  serverExternalPackages: ["@node-rs/argon2", "oidc-provider", "pg", "pino", "undici"],
  rewrites: async () => ({
    beforeFiles: [
      ...authorizationServer,
      ...answers.map((destination) => ({
        source: "/:path((?!api/).*)",
        has: [{ type: "header", key: "x-mindflow-answer", value: destination }],
        destination,
      })),
    ],
  }),
};
