/** @type {import("next").NextConfig} */
export default {
  output: "standalone",
  reactCompiler: true,
  typedRoutes: true,
  poweredByHeader: false,
  // Native modules stay outside the bundle; the standalone trace copies them.
  serverExternalPackages: ["@node-rs/argon2", "pg", "pino"],
};
