import { expect, test } from "vitest";
import { captureLog } from "#testing/captured-log.ts";
import { GET as live } from "../app/api/health/live/route.ts";
import { handleReady } from "./health/ready.ts";
import { startUp } from "./start-up.ts";

test("a process says once that it is there, with no secret of its settings", async () => {
  const { lines, text } = await captureLog(async () => startUp());
  expect(lines).toEqual([
    expect.objectContaining({
      level: "info",
      msg: "started",
      appUrl: "http://localhost:3000",
      mode: "test",
      capabilities: expect.any(Number),
    }),
  ]);
  expect(text).not.toMatch(/iV2vQ0mD8bXy5sK1tR7wZ3nF6hJ9cL4p|postgres/);
});

test("with its database it is ready; alive it is anyway", async () => {
  const ready = await handleReady();
  expect([ready.status, await ready.json()]).toEqual([200, { status: "ok", checks: { database: "ok" } }]);
  expect(live().status).toBe(200);
});
