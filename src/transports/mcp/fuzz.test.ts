import { expect, test } from "vitest";
import { type Connected, connected, envelope, send } from "#testing/mcp.ts";
import { Random } from "#testing/random.ts";
import { rowsOf } from "#testing/rows.ts";
import { applySettings } from "#testing/settings.ts";
import { makeWorld, samples, type World } from "#testing/world.ts";
import { allCapabilities } from "../capabilities.ts";

// Whatever a client can send to /mcp is answered, by something below 500, under a request id (security MC-09).
applySettings({ LIMIT_FACTOR: "1000000" });

const tools = allCapabilities.flatMap(({ name, capability }) =>
  capability.tool ? [[capability.tool.name, name]] : [],
);
const versions = ["2026-07-28", "2025-11-25", "2024-10-07", "1999-01-01", "2099-12-31", "", "x", "\u00ff"];

function argsOf(random: Random, name: string, world: World): unknown {
  const sample = samples[name]?.(world) ?? {};
  if (random.chance(0.3)) return random.json(4);
  const extra = random.chance(0.5) ? { [random.text(6)]: random.json(3) } : {};
  const field = random.pick([...Object.keys(sample), "operationKey", "reason", "preview", "confirmation"]);
  return { ...sample, ...extra, ...(random.chance(0.7) ? { [field]: random.json(3) } : {}) };
}

function paramsOf(random: Random, method: unknown, world: World): unknown {
  if (random.chance(0.1)) return random.json(4);
  const meta = random.chance(0.5)
    ? { _meta: random.chance(0.7) ? envelope : { ...envelope, [random.pick(Object.keys(envelope))]: random.json(2) } }
    : {};
  if (method !== "tools/call") return { ...meta, ...(random.chance(0.3) ? { cursor: random.json(1) } : {}) };
  const [tool = "", name = ""] = random.pick(tools);
  return { ...meta, name: random.chance(0.9) ? tool : random.json(1), arguments: argsOf(random, name, world) };
}

function messageOf(random: Random, world: World): Record<string, unknown> {
  const method = random.pick<unknown>([
    ...[
      "tools/call",
      "tools/call",
      "tools/call",
      "tools/list",
      "initialize",
      "server/discover",
      "ping",
      "subscriptions/listen",
    ],
    ...[
      "notifications/initialized",
      "notifications/cancelled",
      "tasks/get",
      "logging/setLevel",
      "constructor",
      "",
      5,
      null,
    ],
  ]);
  const message: Record<string, unknown> = { jsonrpc: "2.0", method, params: paramsOf(random, method, world) };
  if (random.chance(0.85)) message.id = random.pick<unknown>([1, "a", 0, -1, 1.5, 2 ** 53, "", null, {}, true]);
  if (random.chance(0.1)) message[random.pick(["jsonrpc", "result", "error", "__proto__"])] = random.json(2);
  return message;
}

function bodyOf(random: Random, message: unknown): string {
  const text = JSON.stringify(message);
  if (random.chance(0.05)) return `[${text},${text}]`;
  return random.chance(0.05) ? text.slice(0, random.below(text.length)) : text;
}

function requestOf(random: Random, who: Connected, world: World): RequestInit {
  const message = messageOf(random, world);
  const body = bodyOf(random, message);
  const { method, params } = message;
  const { name = "" } = (params ?? {}) as { name?: unknown };
  const headers: Record<string, string> = {
    "Content-Type": random.chance(0.95)
      ? "application/json"
      : random.pick(["text/plain", "application/json; charset=x", "x"]),
    Authorization: `Bearer ${who.token}`,
  };
  if (random.chance(0.5)) headers["MCP-Protocol-Version"] = random.chance(0.7) ? "2026-07-28" : random.pick(versions);
  if (random.chance(0.5)) headers["Mcp-Method"] = random.chance(0.8) && method ? String(method) : "x";
  if (random.chance(0.5)) headers["Mcp-Name"] = random.chance(0.8) ? String(name) : "=?base64?!?=";
  for (const [name, value] of Object.entries(headers))
    if (/[^\u0020-\u007e\u00a0-\u00ff]/.test(value)) headers[name] = "x";
  return { headers, body };
}

test("two thousand requests of any shape are answered, none by a failure of ours, and touch nobody else", {
  timeout: 180_000,
}, async () => {
  const random = new Random();
  const [world, other] = [await makeWorld(), await makeWorld()];
  const who = await connected({
    person: world.person,
    scopes: ["tasks:read", "tasks:write", "tasks:delete", "notifications:read"],
  });
  const before = await rowsOf(other.person.id);
  const complaints: unknown[] = [];
  const answered = { ok: 0, refused: 0 };
  for (let n = 0; n < 2000; n++) {
    const request = requestOf(random, who, world);
    const { status, headers, text } = await send(request);
    answered[status < 400 ? "ok" : "refused"]++;
    const isWell = status < 500 && headers.has("x-request-id") && !/INTERNAL_ERROR|-32603/.test(text);
    if (!isWell) complaints.push([status, text.slice(0, 300), request.body]);
  }
  expect(complaints.slice(0, 5), `FUZZ_SEED=${random.seed}`).toEqual([]);
  expect(await rowsOf(other.person.id)).toEqual(before);
  // Both kinds came up, or this would prove little.
  expect(Math.min(answered.ok, answered.refused)).toBeGreaterThan(200);
});
