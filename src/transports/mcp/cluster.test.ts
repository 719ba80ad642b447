import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { Pool } from "undici";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { prisma } from "#core/db.ts";
import { newId } from "#core/id.ts";
import { limits } from "#core/limits.ts";
import { accessTokenOf, makeGrant } from "#testing/assistants.ts";
import { type Cluster, startCluster } from "#testing/cluster.ts";
import { makePerson, type Person } from "#testing/factories.ts";
import { rowsOf } from "#testing/rows.ts";

// What holds for one assistant on one server holds for many over two that share nothing but the database: nobody gets another's
// answer, a repetition is done once, and what a connection may do is counted once (security MC-02, MC-05, MC-08, MC-11, MC-12).

type Json = Record<string, unknown>;
type Answer = { status: number; challenge: string; text: string; body: Json };
type Assistant = { person: Person; grantId: string; token: string };

let cluster: Cluster;
let pools: Pool[] = [];

beforeAll(async () => {
  cluster = await startCluster();
  pools = cluster.servers.map(({ url }) => new Pool(url, { connections: 48 }));
});
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.close()));
  await cluster?.stop();
});
beforeEach(() => prisma().rateLimit.deleteMany());

const modern = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientInfo": { name: "test", version: "1" },
  "io.modelcontextprotocol/clientCapabilities": {},
};

/** The parts of an HTTP request for one JSON-RPC call, in the newest protocol or in the one before. */
function wire(token: string, id: string | number, method: string, params: Json, isModern: boolean) {
  const meta = isModern ? { _meta: modern } : {};
  const own = isModern ? { "mcp-protocol-version": "2026-07-28", "mcp-method": method } : {};
  const name = isModern && typeof params.name === "string" ? { "mcp-name": params.name } : {};
  return {
    path: "/mcp",
    method: "POST" as const,
    headers: {
      host: new URL(cluster.url).host,
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      ...own,
      ...name,
    },
    body: JSON.stringify({ jsonrpc: "2.0", id, method, params: { ...params, ...meta } }),
  };
}

async function rpc(
  at: number,
  who: Assistant,
  id: string | number,
  method: string,
  params: Json = {},
  isModern = true,
) {
  const sent = await (pools[at % 2] as Pool).request(wire(who.token, id, method, params, isModern));
  const text = await sent.body.text();
  const challenge = String(sent.headers["www-authenticate"] ?? "");
  return { status: sent.statusCode, challenge, text, body: JSON.parse(text) as Json } satisfies Answer;
}

const use = (at: number, who: Assistant, name: string, args: Json = {}, isModern = true): Promise<Answer> =>
  rpc(at, who, newId(), "tools/call", { name, arguments: args }, isModern);
const resultOf = ({ body }: Answer) =>
  (body.result ?? {}) as { isError?: boolean; structuredContent?: Json; _meta?: Json; tools?: { name: string }[] };

async function assistant(scopes?: readonly string[], person?: Person): Promise<Assistant> {
  const who = person ?? (await makePerson());
  const grant = await makeGrant(who, scopes ? { scopes } : {});
  const token = await accessTokenOf(grant, { iss: cluster.url, aud: `${cluster.url}/mcp` });
  return { person: who, grantId: grant.id, token };
}

const addTask = ({ person }: Assistant, title: string, values: Json = {}) =>
  prisma().task.create({ data: { id: newId(), userId: person.id, title, priority: 3, ...values } });
const times = <T>(count: number, work: (n: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, n) => work(n)));

describe("answers", () => {
  test("fifty people's assistants ask two hundred things at once under the same ids, and each gets its own only (MC-05)", async () => {
    const everybody = await times(50, async (n) => {
      const who = await assistant();
      const canary = `canary-${n}-${newId()}`;
      const { id } = await addTask(who, `Feed the ${canary}`);
      return { who, canary, id };
    });
    const asked = ({ id }: { id: string }, n: number): [string, Json] => {
      const tools: [string, Json][] = [
        ["list_tasks", { limit: 5 }],
        ["fetch", { id }],
        ["search", { query: "canary" }],
        ["get_task", { id }],
      ];
      return ["tools/call", { name: tools[n % 4]?.[0], arguments: tools[n % 4]?.[1] }];
    };
    const wrong: string[] = [];
    const ask = async (one: (typeof everybody)[number], m: number, n: number) => {
      const [method, params] = asked(one, n);
      const answer = await rpc(n + m, one.who, n, method, params, (n >> 2) % 2 === 0);
      const found = answer.text.match(/canary-\d+-[0-9a-f-]{36}/g) ?? [];
      const isOwn = found.length > 0 && found.every((canary) => canary === one.canary);
      if (answer.status !== 200 || answer.body.id !== n || !isOwn)
        wrong.push(`${m} asked ${n}, got ${answer.status}: ${answer.text.slice(0, 200)}`);
    };
    // A thousand at once, ten times; on a machine busy with other things as many of the ten as fit into a while.
    const end = performance.now() + 40_000;
    for (let first = 0; first < 200 && (first === 0 || performance.now() < end); first += 20)
      await Promise.all(everybody.flatMap((one, m) => Array.from({ length: 20 }, (_, n) => ask(one, m, first + n))));
    expect(wrong).toEqual([]);
  }, 180_000);

  test("another person's ids are, byte for byte, ids that nobody has, for every tool on both servers (MC-08)", async () => {
    const scopes = ["tasks:read", "tasks:write", "tasks:delete", "notifications:read"];
    const [mine, theirs] = [await assistant(scopes), await assistant(scopes)];
    const task = await addTask(theirs, "The will of another person");
    const created = await use(0, theirs, "create_task", { title: "Theirs as well", priority: 3 });
    const operationId = String(resultOf(created).structuredContent?.operationId);
    const tools: [string, string, Json][] = [
      ["get_task", task.id, {}],
      ["fetch", task.id, {}],
      ["update_task", task.id, { priority: 5 }],
      ["complete_task", task.id, {}],
      ["reopen_task", task.id, {}],
      ["snooze_task", task.id, { minutes: 30 }],
      ["delete_task", task.id, {}],
      ["restore_task", task.id, {}],
      ["undo", operationId, {}],
    ];
    const before = await rowsOf(theirs.person.id);
    for (const [name, id, more] of tools)
      for (const at of [0, 1]) {
        const unknown = newId();
        const [foreign, nothing] = await Promise.all([
          rpc(at, mine, 1, "tools/call", { name, arguments: { id, ...more } }),
          rpc(at, mine, 1, "tools/call", { name, arguments: { id: unknown, ...more } }),
        ]);
        expect(resultOf(foreign).isError, name).toBe(true);
        expect(foreign.text.replaceAll(id, "ID")).toBe(nothing.text.replaceAll(unknown, "ID"));
      }
    expect(await rowsOf(theirs.person.id)).toEqual(before);
  });
});

describe("permissions", () => {
  const writing: [string, Json][] = [
    ["create_task", { title: "Not allowed", priority: 3 }],
    ["create_tasks", { tasks: [{ title: "Not allowed", priority: 3 }] }],
    ["update_task", { priority: 5 }],
    ["complete_task", {}],
    ["reopen_task", {}],
    ["snooze_task", {}],
    ["restore_task", {}],
    ["undo", {}],
    ["delete_task", {}],
  ];

  test("a reading assistant sees no tool that writes, and each it calls all the same is refused by name on both (MC-02)", async () => {
    const who = await assistant(["tasks:read"]);
    const { id } = await addTask(who, "Only to be looked at");
    const before = await rowsOf(who.person.id);
    for (const at of [0, 1]) {
      const listed = (resultOf(await rpc(at, who, 1, "tools/list")).tools ?? []).map(({ name }) => name);
      expect(listed).toContain("get_next_task");
      expect(listed.filter((name) => writing.some(([other]) => other === name))).toEqual([]);
      for (const [name, args] of writing) {
        const own = name.startsWith("create") ? args : { id, ...args };
        const needed = name === "delete_task" ? "tasks:read tasks:delete" : "tasks:read tasks:write";
        const { status, challenge } = await use(at, who, name, own);
        expect([status, name]).toEqual([403, name]);
        expect(challenge).toContain('error="insufficient_scope"');
        expect(challenge).toContain(`scope="${needed}"`);
        // Older clients take a 403 for the end of the connection, so they are told within the answer.
        const older = await use(at, who, name, own, false);
        const { isError, _meta } = resultOf(older);
        expect([older.status, isError, name]).toEqual([200, true, name]);
        expect(String(_meta?.["mcp/www_authenticate"])).toContain(`scope="${needed}"`);
      }
    }
    expect(await rowsOf(who.person.id)).toEqual(before);
  });

  test("what a person takes away on one server is gone from the list of the other at its next call", async () => {
    const who = await assistant();
    const namesOn = async (at: number) =>
      (resultOf(await rpc(at, who, 1, "tools/list")).tools ?? []).map(({ name }) => name);
    expect(await namesOn(1)).toContain("create_task");
    await prisma().grant.update({ where: { id: who.grantId }, data: { scopes: ["tasks:read"] } });
    for (const at of [0, 1]) expect(await namesOn(at)).not.toContain("create_task");
    expect((await use(0, who, "create_task", { title: "Too late", priority: 3 })).status).toBe(403);
  });
});

describe("a change is made once", () => {
  /** Sends a call and cuts the connection after some milliseconds, mostly before the answer. */
  const cut = (at: number, who: Assistant, args: Json, after: number) =>
    new Promise<void>((resolve) => {
      const { body, ...sent } = wire(who.token, newId(), "tools/call", { name: "create_task", arguments: args }, true);
      const { port } = new URL(cluster.servers[at % 2 === 0 ? 0 : 1].url);
      const call = request({ host: "127.0.0.1", port, ...sent, agent: false });
      call.once("error", () => resolve());
      call.once("close", () => resolve());
      call.end(body, () => void sleep(after).then(() => call.destroy()));
    });

  test("cut off before its answer and repeated on the other server under a new id, it is one task (MC-11)", async () => {
    const who = await assistant();
    for (const after of [0, 1, 2, 4, 8, 12, 16, 24, 32, 48]) {
      const args = { title: `Cut after ${after}`, priority: 3, operationKey: newId() };
      await cut(after, who, args, after);
      const again = await use(after + 1, who, "create_task", args);
      expect([again.status, resultOf(again).isError ?? false, after]).toEqual([200, false, after]);
      // Whatever came first, both know it as the same act.
      const third = await use(after, who, "create_task", args);
      expect(resultOf(third).structuredContent).toMatchObject({
        id: resultOf(again).structuredContent?.id,
        operationId: resultOf(again).structuredContent?.operationId,
        replayed: true,
      });
    }
    const tasks = await prisma().task.findMany({ where: { userId: who.person.id }, select: { title: true } });
    expect(tasks.map(({ title }) => title).sort()).toEqual(
      [0, 1, 2, 4, 8, 12, 16, 24, 32, 48].map((after) => `Cut after ${after}`).sort(),
    );
  });

  test("sent twenty times at once over both under one key, it is one task and one operation", async () => {
    const who = await assistant();
    const args = { title: "Once", priority: 3, operationKey: newId() };
    const answers = await times(20, (n) => use(n, who, "create_task", args));
    expect(answers.filter((one) => resultOf(one).structuredContent?.replayed === false)).toHaveLength(1);
    expect(new Set(answers.map((one) => resultOf(one).structuredContent?.operationId)).size).toBe(1);
    expect(await prisma().task.count({ where: { userId: who.person.id } })).toBe(1);
  });
});

describe("limits of one connection hold over both servers together (MC-12)", () => {
  /** Not while the window that counts is about to end. */
  async function early(windowSeconds: number): Promise<void> {
    const left = windowSeconds - ((Date.now() / 1000) % windowSeconds);
    if (left < 15) await sleep(left * 1000 + 50);
  }

  test("sixty writes a minute, whatever door; the others are told when to come back, and reading goes on", async () => {
    const who = await assistant();
    const { tokens, windowSeconds } = limits.write;
    await early(windowSeconds);
    const answers = await times(tokens + 30, (n) => use(n, who, "create_task", { title: `Write ${n}`, priority: 3 }));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(tokens);
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(30);
    expect(refused[0]?.body).toMatchObject({ error: { data: { code: "RATE_LIMIT_EXCEEDED" } } });
    expect(await prisma().task.count({ where: { userId: who.person.id } })).toBe(tokens);
    for (const { url } of cluster.servers) {
      const rest = await fetch(`${url}/api/v1/tasks`, {
        method: "POST",
        headers: { authorization: `Bearer ${who.token}`, "content-type": "application/json" },
        body: JSON.stringify({ title: "Another door" }),
      });
      expect([rest.status, Number(rest.headers.get("retry-after")) > 0]).toEqual([429, true]);
    }
    for (const at of [0, 1]) expect((await use(at, who, "list_tasks")).status).toBe(200);
  });

  test("twenty tasks deleted in an hour, however they are confirmed", async () => {
    const who = await assistant(["tasks:read", "tasks:write", "tasks:delete"]);
    const { tokens, windowSeconds } = limits.delete;
    const tasks = await times(tokens + 5, (n) => addTask(who, `To go ${n}`));
    await early(windowSeconds);
    const confirmed = await times(tasks.length, async (n) => {
      const shown = await use(n, who, "delete_task", { id: tasks[n]?.id });
      return { id: tasks[n]?.id, confirmation: resultOf(shown).structuredContent?.confirmation };
    });
    expect(confirmed.filter(({ confirmation }) => typeof confirmation === "string")).toHaveLength(tasks.length);
    // Shown on one server, done on the other.
    const answers = await times(tasks.length, (n) => use(n + 1, who, "delete_task", confirmed[n]));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(tokens);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(5);
    expect(await prisma().task.count({ where: { userId: who.person.id, deletedAt: { not: null } } })).toBe(tokens);
  });

  test("one connection's limit is not another's, of the same person and the same app", async () => {
    const first = await assistant();
    const second = await assistant(undefined, first.person);
    await early(limits.write.windowSeconds);
    await times(limits.write.tokens, (n) => use(n, first, "create_task", { title: `Write ${n}`, priority: 3 }));
    expect((await use(0, first, "create_task", { title: "Over", priority: 3 })).status).toBe(429);
    expect((await use(1, second, "create_task", { title: "Not over", priority: 3 })).status).toBe(200);
  });
});
