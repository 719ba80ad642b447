import { describe, expect, test } from "vitest";
import { newId } from "#core/id.ts";
import { accessTokenOf } from "#testing/assistants.ts";
import { captureLog } from "#testing/captured-log.ts";
import { ask, askModern, connected, envelope, post, send, tool, toolModern } from "#testing/mcp.ts";
import { rowsOf, run } from "#testing/rows.ts";
import { applySettings } from "#testing/settings.ts";
import { handleMcp } from "./handler.ts";

applySettings({ CORS_ORIGINS: "https://inspector.example" });

const metadata = 'resource_metadata="http://localhost:3000/.well-known/oauth-protected-resource/mcp"';
const challenge = `Bearer ${metadata}, scope="tasks:read tasks:write"`;
const list = { jsonrpc: "2.0", id: "seven", method: "tools/list", params: {} };
const inRpc = { "Content-Type": "application/json" };

describe("without a valid token (security MC-01, requirements M-55, M-56)", () => {
  test("401 that says where to ask and what for, whatever was sent", async () => {
    for (const body of ["", "{", "[]", JSON.stringify(list), "x".repeat(1_048_577)]) {
      const { status, headers, error } = await post(null, body);
      expect([status, headers.get("www-authenticate")]).toEqual([401, challenge]);
      expect(error?.data).toEqual({ code: "AUTH_REQUIRED" });
    }
  });

  test("one in the address is none, and does not reach the log", async () => {
    const { token } = await connected();
    for (const name of ["token", "access_token", "authorization", "Authorization"]) {
      const { result, lines } = await captureLog(() =>
        send({ path: `/mcp?${name}=${token}`, headers: inRpc, body: JSON.stringify(list) }),
      );
      expect([result.status, result.headers.get("www-authenticate")]).toEqual([401, challenge]);
      expect(JSON.stringify(lines)).not.toContain("eyJ");
    }
  });

  test.each([
    ["Bearer", "Send the access token as"],
    ["Basic YTpi", "Send the access token as"],
    ["Bearer x", "This is no access token of this server."],
    ["Bearer eyJhbGciOiJub25lIn0.e30.", "This is no access token of this server."],
  ])("“%s” is refused with the reason", async (authorization, reason) => {
    const { status, headers } = await send({
      headers: { ...inRpc, Authorization: authorization },
      body: JSON.stringify(list),
    });
    expect(status).toBe(401);
    expect(headers.get("www-authenticate")).toContain(
      `${challenge}, error="invalid_token", error_description="${reason}`,
    );
  });

  test("whoever invents a token does not make the server read what else was sent", async () => {
    const { grant } = await connected();
    const expired = `Bearer ${await accessTokenOf(grant, { exp: 1 })}`;
    for (const credential of [null, "Bearer x", "Bearer a.b.c", expired]) {
      let pulled = 0;
      const body = new ReadableStream(
        {
          pull: (controller) => {
            pulled++;
            controller.enqueue(new Uint8Array(1000));
          },
        },
        { highWaterMark: 0 },
      );
      const headers = { ...inRpc, ...(credential ? { Authorization: credential } : {}) };
      const options = { method: "POST", headers, body, duplex: "half" };
      const request = new Request("http://localhost:3000/mcp", options as RequestInit);
      expect([(await handleMcp(request)).status, pulled]).toEqual([401, 0]);
    }
  });

  test("expired, foreign audience, foreign issuer, ended grant: each is said, none is let in (requirements M-56)", async () => {
    const { grant } = await connected();
    const past = Math.floor(Date.now() / 1000) - 10;
    const cases: [Record<string, unknown>, string][] = [
      [{ exp: past }, "The access token has expired."],
      [{ aud: "https://other.example/mcp" }, "The access token is for another resource."],
      [{ iss: "https://other.example" }, "The access token is from another issuer."],
      [{ gid: newId() }, "This connection was ended."],
    ];
    for (const [claims, reason] of cases) {
      const { status, headers, error } = await post(await accessTokenOf(grant, claims), list);
      expect([status, error?.message]).toEqual([401, reason]);
      expect(headers.get("www-authenticate")).toContain('error="invalid_token"');
    }
  });

  test("a key or a cookie is no token here", async () => {
    for (const headers of [{ "X-API-Key": "mf_x" }, { Cookie: "__Host-mindflow.session=x" }])
      expect((await post(null, list, headers as Record<string, string>)).status).toBe(401);
  });
});

describe("places (security MC-03, requirements +08)", () => {
  test.each([
    "https://evil.example",
    "null",
    "http://localhost:3001",
    "https://localhost:3000",
    "http://localhost:3000.evil.example",
  ])("a page of %s is refused, even with a token", async (origin) => {
    const { token } = await connected();
    for (const method of ["POST", "OPTIONS", "GET"]) {
      const body = method === "POST" ? { body: JSON.stringify(list) } : {};
      const { status, headers } = await send({
        method,
        headers: { ...inRpc, Origin: origin, Authorization: `Bearer ${token}` },
        ...body,
      });
      expect([method, status, headers.get("access-control-allow-origin")]).toEqual([method, 403, null]);
    }
  });

  test.each(["http://localhost:3000", "https://inspector.example"])("a page of %s is let in", async (origin) => {
    const { token } = await connected();
    expect((await post(token, list, { Origin: origin })).status).toBe(200);
  });

  test.each(["evil.example", "evil.example:3000", "localhost.evil.example", "169.254.169.254", "", "a b", "[::2]"])(
    "asked for as “%s” it does not answer",
    async (host) => {
      const { token } = await connected();
      expect((await post(token, list, { Host: host })).status).toBe(403);
    },
  );

  test.each(["localhost:3000", "127.0.0.1:3000", "[::1]:3000"])("asked for as %s it does", async (host) => {
    const { token } = await connected();
    expect((await post(token, list, { Host: host })).status).toBe(200);
  });

  test("a preflight says what may be sent to whom, and refusals can be read there", async () => {
    const headers = { Origin: "https://inspector.example", "Access-Control-Request-Method": "POST" };
    const preflight = await send({ method: "OPTIONS", headers });
    expect([preflight.status, preflight.headers.get("access-control-allow-origin")]).toEqual([204, headers.Origin]);
    expect(preflight.headers.get("access-control-allow-methods")).toBe("POST, OPTIONS");
    expect(preflight.headers.get("access-control-allow-headers")).toMatch(/Authorization.*Mcp-Method, Mcp-Name/);
    expect(preflight.headers.get("access-control-allow-credentials")).toBeNull();
    const refused = await post(null, list, { Origin: headers.Origin });
    expect(refused.headers.get("access-control-allow-origin")).toBe(headers.Origin);
    expect(refused.headers.get("access-control-expose-headers")).toContain("WWW-Authenticate");
  });
});

describe("what is no request (security MC-04, requirements +08)", () => {
  test.each(["GET", "DELETE", "PUT", "PATCH"])("%s is answered 405, and which would do", async (method) => {
    const { token } = await connected();
    const { status, headers } = await send({ method, headers: { Authorization: `Bearer ${token}` } });
    expect([status, headers.get("allow")]).toEqual([405, "POST, OPTIONS"]);
  });

  test("a body of 1 MB is read, one byte more is 413, declared or not", async () => {
    const { token } = await connected();
    const empty = JSON.stringify({ ...list, params: { _meta: { pad: "" } } });
    const pad = (bytes: number) => empty.replace('"pad":""', `"pad":"${"x".repeat(bytes - empty.length)}"`);
    expect((await post(token, pad(1_048_576))).status).toBe(200);
    expect((await post(token, pad(1_048_577))).status).toBe(413);
    expect((await post(token, "{}", { "Content-Length": "1048577" })).status).toBe(413);
  });

  test.each([
    ["{", 400, -32700],
    ["", 400, -32700],
    ["nonsense", 400, -32700],
    ["5", 400, -32600],
    ["null", 400, -32600],
    ['"x"', 400, -32600],
    ["{}", 400, -32600],
    ['{"jsonrpc":"1.0","id":1,"method":"ping"}', 400, -32600],
    ['{"jsonrpc":"2.0","id":{},"method":"ping"}', 400, -32600],
    ['{"jsonrpc":"2.0","id":1,"method":5}', 400, -32600],
    ["[]", 400, -32600],
    [`[${JSON.stringify(list)}]`, 400, -32600],
    ["[1]", 400, -32600],
    ["[".repeat(100_000), 400, -32700],
  ])("%.60s", async (body, status, code) => {
    const { token } = await connected();
    const answer = await post(token, body);
    expect([answer.status, answer.error?.code]).toEqual([status, code]);
  });

  test("bytes that are no UTF-8 are no JSON", async () => {
    const { token } = await connected();
    const body = new Uint8Array([0x7b, 0xff, 0x7d]);
    const answer = await send({ headers: { ...inRpc, Authorization: `Bearer ${token}` }, body });
    expect([answer.status, answer.error?.code]).toEqual([400, -32700]);
  });

  test("another media type is 415, in both protocols", async () => {
    const { token } = await connected();
    const modern = { ...list, params: { _meta: envelope } };
    for (const body of [list, modern])
      for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
        expect((await post(token, body, { "Content-Type": type })).status).toBe(415);
  });

  test("an unknown version is refused by name: in the header of old requests, in the envelope of new ones", async () => {
    const { token } = await connected();
    const old = await post(token, list, { "MCP-Protocol-Version": "1999-01-01" });
    expect([old.status, old.error?.code, old.id]).toEqual([400, -32022, "seven"]);
    expect(old.error?.data).toMatchObject({
      requested: "1999-01-01",
      supported: expect.arrayContaining(["2025-11-25"]),
    });
    const version = "2099-01-01";
    const meta = { ...envelope, "io.modelcontextprotocol/protocolVersion": version };
    const headers = { "MCP-Protocol-Version": version, "Mcp-Method": "tools/list" };
    const modern = await post(token, { ...list, params: { _meta: meta } }, headers);
    expect([modern.status, modern.error?.code]).toEqual([400, -32022]);
    expect(modern.error?.data).toMatchObject({ requested: version, supported: ["2026-07-28"] });
  });

  test.each([
    [{ "MCP-Protocol-Version": "2025-11-25", "Mcp-Method": "tools/list" }],
    [{ "MCP-Protocol-Version": "2026-07-28", "Mcp-Method": "tools/call" }],
    [{ "MCP-Protocol-Version": "2026-07-28" }],
    [{ "Mcp-Method": "tools/list" }],
  ])("headers %j that disagree with the body are refused", async (headers) => {
    const { token } = await connected();
    const answer = await post(token, { ...list, params: { _meta: envelope } }, headers as Record<string, string>);
    expect([answer.status, answer.error?.code]).toEqual([400, -32020]);
  });

  test("a tool named otherwise in the header is not called", async () => {
    const { token, person } = await connected();
    const before = await rowsOf(person.id);
    const params = { name: "create_task", arguments: { title: "x", priority: 3 }, _meta: envelope };
    const headers = { "MCP-Protocol-Version": "2026-07-28", "Mcp-Method": "tools/call", "Mcp-Name": "list_tasks" };
    const answer = await post(token, { jsonrpc: "2.0", id: 1, method: "tools/call", params }, headers);
    expect([answer.status, answer.error?.code]).toEqual([400, -32020]);
    expect(await rowsOf(person.id)).toEqual(before);
  });

  test.each([
    ["initialize", {}],
    ["initialize", { protocolVersion: 5 }],
    ["tools/list", { cursor: 5 }],
    ["tools/call", { arguments: {} }],
    ["tools/call", { name: "list_tasks", arguments: [] }],
  ])("%s with parameters %j is no failure of ours", async (method, params) => {
    const who = await connected();
    for (const attempt of method === "initialize" ? [ask] : [ask, askModern]) {
      const { status, error } = await attempt(who, method, params);
      expect([status < 500, error?.code, (error?.message ?? "").length < 2000]).toEqual([true, -32602, true]);
    }
  });

  test("an unknown method is said to be so, a notification is taken, a posted answer changes nothing", async () => {
    const who = await connected();
    expect((await ask(who, "resources/list")).error?.code).toBe(-32601);
    const modern = await askModern(who, "tools/destroy");
    expect([modern.status, modern.error?.code]).toEqual([404, -32601]);
    const note = await post(who.token, { jsonrpc: "2.0", method: "notifications/initialized" });
    expect([note.status, note.text]).toEqual([202, ""]);
    expect((await post(who.token, { jsonrpc: "2.0", id: 1, result: {} })).status).toBe(202);
  });
});

describe("limits and pauses", () => {
  test("what is used up is 429, with the wait in the header and in the body; reading goes on (requirements M-59)", async () => {
    const who = await connected();
    for (let n = 0; n < 60; n++) await tool(who, "create_task", { title: `Task ${n}`, priority: 3, preview: true });
    for (const attempt of [tool, toolModern]) {
      const refused = await attempt(who, "create_task", { title: "one more", priority: 3 });
      expect([refused.status, refused.error?.data?.code]).toEqual([429, "RATE_LIMIT_EXCEEDED"]);
      expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
      expect(refused.id).toBeDefined();
    }
    expect((await tool(who, "list_tasks")).isError).toBe(false);
  });

  test("deleting has a limit of its own: 20 an hour (security MC-12)", async () => {
    const who = await connected({ scopes: ["tasks:read", "tasks:write", "tasks:delete"] });
    const ids: unknown[] = [];
    for (let n = 0; n < 21; n++)
      ids.push((await tool(who, "create_task", { title: `Task ${n}`, priority: 3 })).answer.id);
    const outcomes: number[] = [];
    for (const id of ids) {
      // Asking deletes nothing, so it counts as a change.
      const { confirmation } = (await tool(who, "delete_task", { id })).answer;
      outcomes.push((await tool(who, "delete_task", { id, confirmation })).status);
    }
    expect(outcomes).toEqual([...Array.from({ length: 20 }, () => 200), 429]);
    expect((await tool(who, "delete_task", { id: ids[20], confirmation: null })).status).toBe(429);
    expect((await tool(who, "create_task", { title: "still", priority: 3 })).isError).toBe(false);
  });

  test("a paused assistant is told so in its tool's answer, and 403 for the rest", async () => {
    const who = await connected();
    await run("UPDATE grants SET paused_at = now() WHERE id = $1", [who.grant.id]);
    for (const attempt of [tool, toolModern]) {
      const told = await attempt(who, "create_task", { title: "x", priority: 3 });
      expect([told.status, told.isError, told.meta["mindflow/error"]]).toEqual([200, true, { code: "FORBIDDEN" }]);
      expect(told.said).toContain("paused");
    }
    const refused = await ask(who, "tools/list");
    expect([refused.status, refused.headers.get("www-authenticate")]).toEqual([403, null]);
    expect((await rowsOf(who.person.id)).tasks.count).toBe(0);
  });

  test("what the person takes away is gone at the next call, and an ended connection is 401", async () => {
    const who = await connected();
    await run("UPDATE grants SET scopes = '{tasks:read}' WHERE id = $1", [who.grant.id]);
    expect((await toolModern(who, "create_task", { title: "x", priority: 3 })).status).toBe(403);
    await run("UPDATE grants SET ended_at = now(), ended_by = 'person' WHERE id = $1", [who.grant.id]);
    expect((await tool(who, "list_tasks")).status).toBe(401);
  });
});

describe("on the way out", () => {
  test("every answer may not be kept, held back or framed, and carries its request id", async () => {
    const { token } = await connected();
    for (const answer of [await post(token, list), await post(null, list), await send({ method: "GET" })]) {
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        "cache-control": "no-store",
        "x-accel-buffering": "no",
        "x-content-type-options": "nosniff",
        "x-request-id": expect.any(String),
      });
    }
  });

  test("each call leaves one line: who, what, which tool, how it ended; nothing of what was said (requirements M-60)", async () => {
    const who = await connected();
    const { lines, text } = await captureLog(async () => {
      await tool(who, "create_task", { title: "canary in the coal mine", priority: 3 });
      await tool(who, "get_task", { id: newId() });
      await toolModern(who, "delete_task", { id: newId() });
      await ask(who, "tools/list");
    });
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatchObject({
      door: "mcp",
      rpc: "tools/call",
      tool: "create_task",
      status: 200,
      via: "assistant",
    });
    expect(lines[1]).toMatchObject({ tool: "get_task", status: 200, code: "RESOURCE_NOT_FOUND", level: "info" });
    expect(lines[2]).toMatchObject({ tool: "delete_task", status: 403, code: "FORBIDDEN" });
    expect(lines[3]).toMatchObject({ rpc: "tools/list", status: 200 });
    expect(text).not.toMatch(/canary|eyJ/);
  });
});
