import { expect, test } from "vitest";
import { closeDatabase } from "#core/db.ts";
import { captureLog } from "#testing/captured-log.ts";
import { applySettings } from "#testing/settings.ts";
import { handleReady } from "./ready.ts";

// Parsed at first use: this file's database is one that is not there.
applySettings({ DATABASE_URL: "postgresql://app:canary-password@127.0.0.1:1/nowhere", DATABASE_WAIT_SECONDS: "1" });

test("without a database the process is not ready and says which part is missing, nothing more (requirements M-160, F-73)", async () => {
  const { result, lines, text } = await captureLog(handleReady);
  expect([result.status, result.headers.get("cache-control")]).toEqual([503, "no-store"]);
  expect(await result.json()).toEqual({ status: "degraded", checks: { database: "unavailable" } });
  expect(lines).toEqual([
    expect.objectContaining({
      level: "error",
      msg: "not ready: database",
      err: expect.objectContaining({ code: "ECONNREFUSED" }),
    }),
  ]);
  expect(text).not.toContain("canary");
  await closeDatabase();
});
