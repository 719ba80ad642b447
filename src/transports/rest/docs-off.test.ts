import { expect, test } from "vitest";
import { applySettings } from "#testing/settings.ts";
import { handleOpenApi } from "./openapi.ts";

test("API_DOCS=false turns the document off (design §12)", async () => {
  applySettings({ API_DOCS: "false" });
  const response = await handleOpenApi(new Request("http://localhost:3000/api/v1/openapi.json"));
  expect([response.status, response.headers.get("content-type")]).toEqual([404, "application/problem+json"]);
});
