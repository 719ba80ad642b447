import { defineConfig } from "vitest/config";

export default defineConfig({
  // `server-only` resolves to its empty file under this condition: tests run the code as the server does.
  ssr: { resolve: { conditions: ["react-server"], externalConditions: ["react-server"] } },
  test: {
    include: ["src/**/*.test.ts", "scripts/**/*.test.mjs"],
    // They ask the built server: vitest.cluster.config.ts runs them after the build.
    exclude: ["src/**/{cluster,*.cluster}.test.ts"],
    globalSetup: "src/testing/global-setup.ts",
    setupFiles: "src/testing/setup.ts",
    // It imports `next/headers` without its extension, which only a bundler finds; and a test stands in for that module.
    server: { deps: { inline: ["next-auth"] } },
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 90_000,
    hookTimeout: 120_000,
    allowOnly: false,
    // A far-off zone with a quarter-hour offset: whoever forgets a zone fails here.
    env: { TZ: "Asia/Kathmandu" },
    coverage: {
      provider: "v8",
      include: ["src/core/**/*.ts", "src/features/**/*.ts", "src/transports/**/*.ts"],
      exclude: ["**/*.test.ts", "src/generated/**"],
      reporter: ["text-summary", "json-summary"],
      thresholds: { lines: 90, branches: 90 },
    },
  },
});
