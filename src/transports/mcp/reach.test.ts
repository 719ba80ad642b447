import { describe, expect, test } from "vitest";
import { newId } from "#core/id.ts";
import { makeProject, makeTasks } from "#testing/factories.ts";
import { deep } from "#testing/hostile.ts";
import { ask, type Called, type Connected, connected, post, tool, toolModern } from "#testing/mcp.ts";
import { rowsOf, run } from "#testing/rows.ts";
import { applySettings } from "#testing/settings.ts";
import { makeWorld, samples, type World } from "#testing/world.ts";
import { byBearer } from "#transports/rest/bearer.ts";
import { handleRest } from "#transports/rest/handler.ts";
import { type Tool, toolCapability } from "./tools.ts";

applySettings({ LIMIT_FACTOR: "1000" });

const all = ["tasks:read", "tasks:write", "tasks:delete", "notifications:read"];
const codeOf = ({ meta }: Called) => (meta["mindflow/error"] as { code: string } | undefined)?.code;
const listed = async (who: Connected) => (await ask(who, "tools/list")).result?.tools as Tool[];
const everyTool = async () => await listed(await connected({ scopes: all }));
/** What the tool would be called with in this world. */
const argsOf = (name: string, world: World) => samples[toolCapability(name)?.name ?? ""]?.(world) ?? {};

describe("permissions (security MC-02)", () => {
  test("with reading alone, what changes is not listed, and refused by name when called all the same; nothing changes", async () => {
    const world = await makeWorld();
    const who = await connected({ person: world.person, scopes: ["tasks:read"] });
    const shown = (await listed(who)).map(({ name }) => name);
    const before = await rowsOf(world.person.id);
    for (const { name, annotations } of await everyTool()) {
      const needed = String(toolCapability(name)?.capability.scope);
      expect([name, shown.includes(name)]).toEqual([name, needed === "tasks:read"]);
      if (needed === "tasks:read") continue;
      expect(annotations.readOnlyHint).toBe(needed === "notifications:read");
      const modern = await toolModern(who, name, argsOf(name, world));
      expect([name, modern.status]).toEqual([name, 403]);
      const challenge = modern.headers.get("www-authenticate") ?? "";
      expect(challenge).toMatch(/^Bearer error="insufficient_scope"/);
      expect(challenge).toContain(`scope="tasks:read ${needed}"`);
      expect(challenge).toContain("resource_metadata=");
      const legacy = await tool(who, name, argsOf(name, world));
      expect([legacy.status, legacy.isError, legacy.meta["mcp/www_authenticate"]]).toEqual([200, true, [challenge]]);
    }
    expect(await rowsOf(world.person.id)).toEqual(before);
  });

  test("what was refused for want of a permission stands in the person's audit, under the connection", async () => {
    const who = await connected({ scopes: ["tasks:read"] });
    await toolModern(who, "create_task", { title: "x", priority: 3 });
    expect(
      await run("SELECT action, result, code, grant_id FROM audit_events WHERE user_id = $1", [who.person.id]),
    ).toEqual([{ action: "tasks.create", result: "denied", code: "FORBIDDEN", grant_id: who.grant.id }]);
  });

  test("a client that names the tool in a header is told by HTTP, whatever version it speaks", async () => {
    const who = await connected({ scopes: ["tasks:read"] });
    const params = { name: "create_task", arguments: { title: "x", priority: 3 } };
    const body = { jsonrpc: "2.0", id: 1, method: "tools/call", params };
    for (const headers of [{ "Mcp-Name": "create_task" }, { "Mcp-Method": "tools/call" }])
      expect((await post(who.token, body, headers as Record<string, string>)).status).toBe(403);
    expect((await post(who.token, body)).status).toBe(200);
  });

  test("over REST the refusal says what to ask for in the same words", async () => {
    const who = await connected({ scopes: ["tasks:read"] });
    const headers = { Authorization: `Bearer ${who.token}`, "Content-Type": "application/json" };
    const request = new Request("http://localhost:3000/api/v1/tasks", {
      method: "POST",
      headers,
      body: '{"title":"x"}',
    });
    const response = await handleRest(request, byBearer);
    const { headers: told } = await toolModern(who, "create_task", { title: "x", priority: 3 });
    expect([response.status, response.headers.get("www-authenticate")]).toEqual([403, told.get("www-authenticate")]);
  });

  test("a token asked for less than the person allowed stays with less", async () => {
    const who = await connected({ scopes: ["tasks:read"] });
    await run("UPDATE grants SET approved = $2, scopes = $2 WHERE id = $1", [who.grant.id, all]);
    expect((await toolModern(who, "create_task", { title: "x", priority: 3 })).status).toBe(403);
  });
});

describe("annotations are true (security MC-10)", () => {
  test("a tool that says it only reads changes nothing; one that is not destructive lets no row disappear", async () => {
    const tools = await everyTool();
    for (const { name, annotations } of tools) {
      expect(Object.keys(annotations).sort()).toEqual([
        "destructiveHint",
        "idempotentHint",
        "openWorldHint",
        "readOnlyHint",
        "title",
      ]);
      const world = await makeWorld();
      const who = await connected({ person: world.person, scopes: all });
      const made = await tool(who, "create_task", { title: "Made by it", priority: 2 });
      const args = name === "undo" ? { id: made.answer.operationId } : argsOf(name, world);
      const before = await rowsOf(world.person.id);
      const outcome = await tool(who, name, args);
      expect([name, outcome.isError]).toEqual([name, false]);
      const after = await rowsOf(world.person.id);
      if (annotations.readOnlyHint) expect([name, after]).toEqual([name, before]);
      if (annotations.destructiveHint) continue;
      for (const [table, { count }] of Object.entries(before))
        expect([name, table, (after[table as keyof typeof after].count ?? 0) >= count]).toEqual([name, table, true]);
    }
  });

  test("a tool that says it may be repeated does nothing more the second time", async () => {
    for (const { name, annotations } of await everyTool()) {
      if (annotations.readOnlyHint || !annotations.idempotentHint) continue;
      const world = await makeWorld();
      const who = await connected({ person: world.person, scopes: all });
      await tool(who, name, argsOf(name, world));
      const { tasks, operations } = await rowsOf(world.person.id);
      await tool(who, name, argsOf(name, world));
      expect([name, await rowsOf(world.person.id)]).toEqual([name, expect.objectContaining({ tasks, operations })]);
    }
  });
});

describe("other people's things (security MC-08)", () => {
  test("answer like what does not exist, for every tool that takes an id", async () => {
    const [mine, theirs] = [await makeWorld(), await makeWorld()];
    const who = await connected({ person: mine.person, scopes: all });
    const before = [await rowsOf(mine.person.id), await rowsOf(theirs.person.id)];
    for (const { name, inputSchema } of await everyTool()) {
      if (!inputSchema.required?.includes("id")) continue;
      const said = async (id: unknown) => {
        const { status, isError, meta, said: text } = await tool(who, name, { ...argsOf(name, mine), id });
        return { status, isError, meta, text };
      };
      const missing = await said(newId());
      expect([name, missing.isError, missing.meta["mindflow/error"]]).toEqual([
        name,
        true,
        { code: "RESOURCE_NOT_FOUND" },
      ]);
      expect(await said(argsOf(name, theirs).id)).toEqual(missing);
    }
    expect([await rowsOf(mine.person.id), await rowsOf(theirs.person.id)]).toEqual(before);
  });

  test("are found by no list and no search, and neither is what lies outside the fence", async () => {
    const who = await connected();
    const projectId = await makeProject(who.person);
    await tool(who, "create_task", { title: "Needle inside", priority: 3, projectId });
    await tool(who, "create_task", { title: "Needle outside", priority: 3 });
    await tool(await connected(), "create_task", { title: "Needle of somebody else", priority: 3 });
    await run("UPDATE grants SET projects = $2::uuid[] WHERE id = $1", [who.grant.id, [projectId]]);
    const titles = async (name: string, args: object) => {
      const { answer } = await tool(who, name, args);
      return ((answer.items ?? answer.results) as { title: string }[]).map(({ title }) => title);
    };
    expect(await titles("list_tasks", { q: "needle" })).toEqual(["Needle inside"]);
    expect(await titles("search", { query: "needle" })).toEqual(["Needle inside"]);
    expect((await tool(who, "get_next_task")).said).not.toContain("outside");
  });
});

describe("every tool, whatever it is sent (security MC-09)", () => {
  const hostile: [string, unknown][] = [
    ["a number", 5],
    ["a text", "x"],
    ["a list", []],
    ["true", true],
    ["an unknown key", { surprise: 1 }],
    ["a key of the prototype", JSON.parse('{"__proto__":{"scopes":["admin"]}}')],
    ["constructor", { constructor: { prototype: {} } }],
    ["depth 50", { title: deep(50, "x") }],
    ["depth 1000", { id: deep(1000, "x") }],
    ["NUL", { id: "\u0000", title: "a\u0000b", query: "\u0000", tasks: [{ title: "\u0000" }] }],
    ["half a character", { id: "\ud800", title: "\udc00", query: "\ud800" }],
    ["wrong types", { id: 5, title: {}, priority: "high", tasks: "many", query: [], limit: "x", view: 7 }],
    ["nulls", { id: null, title: null, query: null, tasks: null, limit: null, operationKey: null }],
    ["wrong controls", { operationKey: "", reason: "", preview: "yes", confirmation: 5 }],
    ["a reason too long", { reason: "x".repeat(501) }],
    ["many values", { tags: Array.from({ length: 5000 }, () => 1) }],
    ["much text", { title: "x".repeat(100_000) }],
  ];

  test("refuses by name what is wrong: never a failure of ours, never a change", async () => {
    const world = await makeWorld();
    const who = await connected({ person: world.person, scopes: all });
    const before = await rowsOf(world.person.id);
    for (const { name } of await everyTool())
      for (const [what, args] of hostile) {
        for (const attempt of [tool, toolModern]) {
          const outcome = await attempt(who, name, args);
          const code = codeOf(outcome) ?? "";
          expect([name, what, outcome.status < 500]).toEqual([name, what, true]);
          const isRefused = outcome.error ? outcome.error.code === -32602 : outcome.isError;
          expect([name, what, isRefused]).toEqual([name, what, true]);
          expect([name, what, code]).toEqual([name, what, expect.not.stringMatching(/INTERNAL|UNAVAILABLE/)]);
        }
      }
    expect(await rowsOf(world.person.id)).toEqual(before);
  });

  test("is not brought down by what is nested as deep as a body can hold, in either protocol", async () => {
    const who = await connected();
    const nested = "[".repeat(300_000) + "]".repeat(300_000);
    for (const place of ["arguments", "_meta", "cursor"]) {
      const params = `{"name":"create_task","${place}":{"title":${nested}}}`;
      const body = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${params}}`;
      for (const headers of [
        {},
        { "MCP-Protocol-Version": "2026-07-28", "Mcp-Method": "tools/call", "Mcp-Name": "create_task" },
      ]) {
        const { status, text } = await post(who.token, body, headers as Record<string, string>);
        expect([place, status < 500, text.length < 2000]).toEqual([place, true, true]);
      }
    }
    expect((await rowsOf(who.person.id)).tasks.count).toBe(0);
  });

  test("takes no body of more than 1 MB", async () => {
    const who = await connected();
    const params = { name: "create_task", arguments: { title: "x".repeat(1_048_576), priority: 3 } };
    expect((await post(who.token, { jsonrpc: "2.0", id: 1, method: "tools/call", params })).status).toBe(413);
  });

  test.each([5, null, "", "nope", "__proto__", "tasks.create", {}, []])("there is no tool called %j", async (name) => {
    const { status, error } = await tool(await connected(), name as string);
    expect([status, error?.code]).toEqual([200, -32602]);
  });
});

test("a list is 10 long for an assistant, and never more than 20 (requirements M-72)", async () => {
  const who = await connected();
  await makeTasks(who.person, 30);
  const items = async (args: object) => ((await tool(who, "list_tasks", args)).answer.items as unknown[]).length;
  expect([await items({}), await items({ limit: 20 })]).toEqual([10, 20]);
  const refused = await tool(who, "list_tasks", { limit: 21 });
  expect(refused.said).toMatch(/^Some fields need attention\.\nlimit: /);
  const first = await tool(who, "list_tasks", { limit: 20 });
  const rest = await tool(who, "list_tasks", { limit: 20, cursor: first.answer.nextCursor });
  expect(rest.answer).toMatchObject({ items: { length: 10 }, nextCursor: null });
  expect(first.said).toContain(`cursor ${String(first.answer.nextCursor)}`);
});
