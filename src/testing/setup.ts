// Next keeps the request in AsyncLocalStorage, and looks for it once, when it is first imported.
import "next/dist/server/node-environment-baseline.js";
import { randomUUID } from "node:crypto";
import { inject } from "vitest";
import { cloneDatabase } from "./database.ts";

// Every test file has a database of its own, cloned from the migrated template; within it, each test makes its own people,
// so that a forgotten owner filter shows up as somebody else's rows.
process.env.DATABASE_URL = await cloneDatabase(inject("postgresUrl"), `test_${randomUUID().replaceAll("-", "")}`);
Object.assign(process.env, {
  NODE_ENV: "test",
  APP_URL: "http://localhost:3000",
  AUTH_SECRET: "iV2vQ0mD8bXy5sK1tR7wZ3nF6hJ9cL4p",
  FLOW_SECRET: "pL4cJ9hF6nZ3wR7tK1sX5yB8dM0qV2vi",
  PEPPER: "Q7wE2rT9yU4iO1pA6sD3fG8hJ5kL0zXc",
  LOG_LEVEL: process.env.TEST_LOG_LEVEL ?? "silent",
  // Cheap hashes: what is tested is that they are made and compared, not what they cost.
  ARGON2_MEMORY_KIB: "1024",
  ARGON2_ITERATIONS: "1",
});
