import pg from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { newId } from "#core/id.ts";
import { captureLog } from "#testing/captured-log.ts";
import { makeTasks } from "#testing/factories.ts";
import { ask, type Connected, connected, tool } from "#testing/mcp.ts";
import { run } from "#testing/rows.ts";
import { applySettings } from "#testing/settings.ts";
import { byBearer } from "#transports/rest/bearer.ts";
import { handleRest } from "#transports/rest/handler.ts";
import packageJson from "../../../package.json" with { type: "json" };

applySettings({ LIMIT_FACTOR: "1000" });

type Receipt = { tool: string; calls: number; tasks: number; task_ids: string[] };
const receiptsOf = ({ grant }: Connected) =>
  run<Receipt>("SELECT tool, calls, tasks, task_ids FROM read_receipts WHERE grant_id = $1 ORDER BY tool, minute", [
    grant.id,
  ]);

describe("what an assistant reads is noted for the person", () => {
  test("by tool, with how often and which tasks; by no other call", async () => {
    const who = await connected();
    const made = await tool(who, "create_task", { title: "Needle", priority: 3 });
    const other = await tool(who, "create_task", { title: "Hay", priority: 3 });
    const [id, second] = [String(made.answer.id), String(other.answer.id)];
    for (const [name, args] of [
      ["list_tasks", {}],
      ["get_task", { id }],
      ["search", { query: "needle" }],
      ["fetch", { id }],
      ["get_next_task", {}],
      ["health_check", {}],
      ["get_task", { id: newId() }],
      ["complete_task", { id, preview: true }],
    ] as const)
      await tool(who, name, args);
    const receipts = await receiptsOf(who);
    expect(receipts.map(({ tool: name, calls, tasks }) => [name, calls, tasks])).toEqual([
      ["fetch", 1, 1],
      ["get_next_task", 1, 2],
      ["get_task", 1, 1],
      ["health_check", 1, 0],
      ["list_tasks", 1, 2],
      ["search", 1, 1],
    ]);
    expect(new Set(receipts.find(({ tool: name }) => name === "list_tasks")?.task_ids)).toEqual(new Set([id, second]));
    expect(receipts.find(({ tool: name }) => name === "search")?.task_ids).toEqual([id]);
  });

  test("within a minute in one row, each task once and at most a hundred by id, also when many read at once", async () => {
    const who = await connected();
    await makeTasks(who.person, 130);
    let cursor: unknown;
    for (let page = 0; page < 7; page++) {
      const { answer } = await tool(who, "list_tasks", { limit: 20, ...(cursor ? { cursor } : {}) });
      cursor = answer.nextCursor;
    }
    await Promise.all(Array.from({ length: 8 }, () => tool(who, "list_tasks", { limit: 20 })));
    const rows = await run<Receipt>("SELECT tool, calls, tasks, task_ids FROM read_receipts WHERE grant_id = $1", [
      who.grant.id,
    ]);
    // The clock may have turned a minute meanwhile.
    expect(rows.length).toBeLessThanOrEqual(2);
    expect(rows.reduce((sum, { calls }) => sum + calls, 0)).toBe(15);
    expect(rows.reduce((sum, { tasks }) => sum + tasks, 0)).toBe(130 + 8 * 20);
    for (const { task_ids: ids } of rows) expect([ids.length <= 100, new Set(ids).size]).toEqual([true, ids.length]);
  });

  test("a task that is read again is named once and counted again", async () => {
    const who = await connected();
    await makeTasks(who.person, 3);
    for (let n = 0; n < 3; n++) await tool(who, "list_tasks");
    const rows = await receiptsOf(who);
    expect(rows.reduce((sum, { tasks }) => sum + tasks, 0)).toBe(9);
    for (const { task_ids: ids } of rows) expect(ids).toHaveLength(3);
  });

  test("over REST as well: it is the same token", async () => {
    const who = await connected();
    await makeTasks(who.person, 3);
    const headers = { Authorization: `Bearer ${who.token}` };
    const response = await handleRest(new Request("http://localhost:3000/api/v1/tasks", { headers }), byBearer);
    expect(response.status).toBe(200);
    expect(await receiptsOf(who)).toMatchObject([{ tool: "list_tasks", calls: 1, tasks: 3 }]);
  });

  test("and when that fails, the log says so and the answer is given", async () => {
    const who = await connected();
    const { result, lines } = await captureLog(async () => {
      await run("ALTER TABLE read_receipts RENAME TO away");
      try {
        return await tool(who, "list_tasks");
      } finally {
        await run("ALTER TABLE away RENAME TO read_receipts");
      }
    });
    expect([result.isError, result.answer.items]).toEqual([false, []]);
    expect(lines).toContainEqual(expect.objectContaining({ level: "error", msg: "what was read could not be noted" }));
  });
});

describe("search and fetch, in the shapes that assistants share", () => {
  const search = async (who: Connected, query: string) =>
    ((await tool(who, "search", { query })).answer.results as { title: string }[]).map(({ title }) => title);

  test("find by words in title, notes and tags, and lead to the page; the text is the same JSON", async () => {
    const who = await connected();
    const made = await tool(who, "create_task", {
      title: "Call the museum",
      description: "Ask for Ms Okafor about the vitrines.",
      tags: ["harbour"],
      priority: 4,
      dueDate: "2030-11-24",
    });
    const id = String(made.answer.id);
    const found = await tool(who, "search", { query: "okafor HARBOUR museum" });
    const url = `http://localhost:3000/tasks/${id}`;
    expect(found.answer).toEqual({ results: [{ id, title: "Call the museum", url }] });
    expect(JSON.parse(found.said)).toEqual(found.answer);
    const fetched = await tool(who, "fetch", { id });
    expect(fetched.answer).toMatchObject({ id, title: "Call the museum", url });
    expect(fetched.answer.text).toContain("Ask for Ms Okafor about the vitrines.");
    expect(fetched.answer.metadata).toMatchObject({
      status: "pending",
      priority: "4",
      due: "2030-11-24",
      tags: "harbour",
    });
    expect(JSON.parse(fetched.said)).toEqual(fetched.answer);
    expect(await search(who, "okafor nowhere")).toEqual([]);
  });

  test("wildcards mean themselves", async () => {
    const who = await connected();
    for (const title of ["100% done", "1000 done", "a_b", "axb", "back\\slash"])
      await tool(who, "create_task", { title, priority: 3 });
    expect(await search(who, "100%")).toEqual(["100% done"]);
    expect(await search(who, "a_b")).toEqual(["a_b"]);
    expect(await search(who, "\\")).toEqual(["back\\slash"]);
    expect(await search(who, "%")).toEqual(["100% done"]);
  });

  test("open tasks come first, then those that say it in the title; trash is not found; at most 20", async () => {
    const who = await connected({ scopes: ["tasks:read", "tasks:write", "tasks:delete"] });
    const add = async (title: string, description?: string) =>
      String(
        (await tool(who, "create_task", { title, priority: 3, ...(description ? { description } : {}) })).answer.id,
      );
    await tool(who, "complete_task", { id: await add("Needle done") });
    await add("Needle open");
    await add("Other", "a needle in the notes");
    const gone = await add("Needle gone");
    const { confirmation } = (await tool(who, "delete_task", { id: gone })).answer;
    await tool(who, "delete_task", { id: gone, confirmation });
    expect(await search(who, "needle")).toEqual(["Needle open", "Other", "Needle done"]);
    await makeTasks(who.person, 40);
    expect(await search(who, "task")).toHaveLength(20);
  });
});

describe("words", () => {
  test("what cannot be seen is shown, so that nothing hides in a title; data for programs stays as it is", async () => {
    const who = await connected();
    const title = "Pay\u202Egnp.exe\u2066 now\u200B \u{E0041}\u{E0042} 👩‍💻 می‌خواهم";
    const made = await tool(who, "create_task", { title, priority: 3, description: "x\u2063y" });
    expect(made.answer.title).toBe(title);
    const shown = "Pay[U+202E]gnp.exe[U+2066] now[U+200B] [U+E0041][U+E0042] 👩‍💻 می‌خواهم";
    const id = String(made.answer.id);
    for (const [name, args] of [
      ["get_task", { id }],
      ["list_tasks", {}],
      ["get_next_task", {}],
      ["search", { query: "pay" }],
      ["fetch", { id }],
    ] as const) {
      const { said } = await tool(who, name, args);
      expect([name, said.includes(shown)]).toEqual([name, true]);
      expect(said).not.toMatch(/[\u202E\u2066\u200B\u2063\u{E0041}]/u);
    }
  });

  test("are short, in the person's own time", async () => {
    const who = await connected({ zone: "America/New_York" });
    const made = await tool(who, "create_task", {
      title: "Call",
      priority: 5,
      dueAt: "2030-11-24T02:30:00Z",
      estimateMinutes: 90,
      tags: ["phone"],
    });
    const { id, operationId } = made.answer;
    expect(made.said).toBe(
      `Added: “Call” (highest, due Sat 23 Nov 2030 21:30, 1 h 30, #phone) id ${id}\nundo takes it back: operationId ${operationId}`
        .replace(" 21", "\u00a021")
        .replace("\u00a0", " "),
    );
    const listed = await tool(who, "list_tasks");
    expect(listed.said).toMatch(/^1 task:\n1\. “Call” .*\nIt is .* for the person \(America\/New_York\)\.$/);
    expect((await tool(await connected(), "list_tasks")).said).toMatch(/^No tasks match\.\n/);
    const next = await tool(who, "get_next_task");
    expect(next.said).toMatch(/^Next: “Call” .*\n\d+\.\d of 100 points:\n- Importance 40\.0 of 40: Highest priority\./);
    expect((await tool(await connected(), "get_next_task")).said).toBe("No open tasks.");
    const again = await tool(who, "complete_task", { id });
    expect(again.said).toContain("Completed: “Call”");
    expect((await tool(who, "complete_task", { id })).said).toContain("It was so already; nothing was changed.");
  });

  test("health_check says who answers, and nothing of where (requirements M-54)", async () => {
    const { answer, said } = await tool(await connected(), "health_check");
    expect(answer).toEqual({ status: "ok", server: "MindFlow", version: packageJson.version });
    expect(said + JSON.stringify(answer)).not.toMatch(/https?:|localhost|\d+\.\d+\.\d+\.\d+/);
  });

  test("every tool says when to use it and when not; the server's instructions hold what the person expects (requirements M-70, M-73)", async () => {
    const who = await connected({ scopes: ["tasks:read", "tasks:write", "tasks:delete", "notifications:read"] });
    const tools = (await ask(who, "tools/list")).result?.tools as { name: string; description: string }[];
    for (const { name, description } of tools) {
      expect([name, /\bNot for\b/.test(description), /\bFor\b/.test(description)]).toEqual([name, true, true]);
      expect([name, /\balways\b|\bmust\b|prefer|instead of other/i.test(description)]).toEqual([name, false]);
      expect(description.length).toBeLessThan(600);
    }
    const hello = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "x", version: "1" } };
    const instructions = String((await ask(who, "initialize", hello)).result?.instructions);
    for (const rule of [
      /ask when one of them is missing/,
      /ISO 8601/,
      /confirm with the person before completing, snoozing or deleting/,
      /score and why/,
      /offer the next task/,
      /at most 10 items/,
      /raw errors/,
    ])
      expect(instructions).toMatch(rule);
    expect(JSON.stringify(tools)).not.toMatch(/"authorization"|"token"|"password"/i);
  });
});

describe("statements", () => {
  const original = pg.Client.prototype.query;
  let sent: string[] = [];
  beforeEach(() => {
    // A tap, not a stand-in: every statement still goes to Postgres.
    pg.Client.prototype.query = function tapped(this: pg.Client, ...args: unknown[]) {
      const [first] = args as [string | { text?: string }];
      sent.push(typeof first === "string" ? first : String(first.text));
      return (original as (...all: unknown[]) => unknown).apply(this, args);
    } as typeof original;
  });
  afterEach(() => {
    pg.Client.prototype.query = original;
  });
  const frames = /^(BEGIN|COMMIT|ROLLBACK)$/;
  const countOf = async (work: () => Promise<unknown>) => {
    await work();
    sent = [];
    await work();
    return {
      statements: sent.filter((text) => !frames.test(text)).length,
      frames: sent.filter((text) => frames.test(text)),
    };
  };

  test("who calls, whether they may and how often is one; a list one more and its receipt; a keyed change four in a transaction, the first of which holds the grant", async () => {
    const who = await connected({ scopes: ["tasks:read", "tasks:write", "tasks:delete"] });
    const id = String((await tool(who, "create_task", { title: "x", priority: 3 })).answer.id);
    const none: string[] = [];
    expect(await countOf(() => ask(who, "tools/list"))).toEqual({ statements: 1, frames: none });
    expect(await countOf(() => tool(who, "list_tasks"))).toEqual({ statements: 3, frames: none });
    expect(await countOf(() => tool(who, "get_task", { id }))).toEqual({ statements: 3, frames: none });
    expect(await countOf(() => tool(who, "get_next_task"))).toEqual({ statements: 4, frames: none });
    expect(await countOf(() => tool(who, "search", { query: "x" }))).toEqual({ statements: 3, frames: none });
    const add = (extra: object) => tool(who, "create_task", { title: "y", priority: 3, ...extra });
    expect(await countOf(() => add({ operationKey: newId() }))).toEqual({ statements: 5, frames: ["BEGIN", "COMMIT"] });
    expect(await countOf(() => add({}))).toEqual({ statements: 4, frames: ["BEGIN", "COMMIT"] });
    expect(await countOf(() => add({ preview: true }))).toEqual({ statements: 3, frames: ["BEGIN", "ROLLBACK"] });
    const tasks = Array.from({ length: 10 }, (_, n) => ({ title: `t${n}`, priority: 3 }));
    expect(await countOf(() => tool(who, "create_tasks", { tasks }))).toEqual({
      statements: 4,
      frames: ["BEGIN", "COMMIT"],
    });
    expect(await countOf(() => tool(who, "delete_task", { id }))).toEqual({
      statements: 4,
      frames: ["BEGIN", "ROLLBACK"],
    });
  });

  test("without a token that could be one, the database is not asked", async () => {
    sent = [];
    for (const token of ["x", "a.b.c"]) expect((await tool({ token }, "list_tasks")).status).toBe(401);
    expect(sent).toEqual([]);
  });
});
