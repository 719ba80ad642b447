// What the proxy leaves to a route handler (src/proxy.ts). API routes do not pass the proxy, so none is routed by the header.
const answers = ["/api/right-name", "/api/identity/set-up", "/api/identity/sign-up"];

/** @type {import("next").NextConfig} */
export default {
  output: "standalone",
  reactCompiler: true,
  typedRoutes: true,
  poweredByHeader: false,
  // Native modules stay outside the bundle; the standalone trace copies them.
  serverExternalPackages: ["@node-rs/argon2", "pg", "pino"],
  rewrites: async () => ({
    beforeFiles: answers.map((destination) => ({
      source: "/:path((?!api/).*)",
      has: [{ type: "header", key: "x-mindflow-answer", value: destination }],
      destination,
    })),
  }),
};
