import { expect, test } from "vitest";
import { applySettings } from "#testing/settings.ts";
import { assertKnownPlace } from "./guard.ts";

applySettings({ TRUSTED_PROXY_HOPS: "1", APP_URL: "https://tasks.example" });

const ask = (headers: Record<string, string>) => () =>
  assertKnownPlace(new Request("http://10.0.0.7:3000/mcp", { headers }));

test.each([
  { Host: "tasks.example" },
  { Host: "mindflow:3000", "X-Forwarded-Host": "tasks.example" },
  { Host: "mindflow:3000", "X-Forwarded-Host": "tasks.example, inner.example" },
  { Host: "127.0.0.1:3000" },
])("behind a trusted proxy %j is this server", (headers) => {
  expect(ask(headers as Record<string, string>)).not.toThrow();
});

test.each([
  { Host: "mindflow:3000" },
  { Host: "tasks.example", "X-Forwarded-Host": "evil.example" },
  { Host: "tasks.example", "X-Forwarded-Host": "" },
  { Host: "tasks.example.evil.example" },
  { Host: "tasks.example", Origin: "https://evil.example" },
  { Host: "tasks.example", Origin: "http://tasks.example" },
])("%j is not", (headers) => {
  expect(ask(headers as Record<string, string>)).toThrow(/This server is not called that|Pages of this origin/);
});
