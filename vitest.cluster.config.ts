import { defineConfig } from "vitest/config";
import base from "./vitest.config.ts";

/** Tests of the built server: two of them on one database, and what an act may cost. `npm test` runs them after the build. */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ["src/**/{cluster,*.cluster}.test.ts", "bench/**/*.test.mjs"],
    exclude: [],
    maxWorkers: 1,
    // Real hashing and two servers on a machine that may be busy with other things.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
