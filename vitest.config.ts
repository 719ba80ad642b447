import { defineConfig } from "vitest/config";

// `server-only` resolves to its empty file under the react-server condition: the same code runs as on the server.
const conditions = ["react-server", "node", "import", "module", "default"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ["react-server", "node", "import", "default"] } },
  test: {
    include: ["src/**/*.test.ts", "scripts/**/*.test.mjs"],
    globalSetup: "src/testing/global-setup.ts",
    setupFiles: "src/testing/setup.ts",
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
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
