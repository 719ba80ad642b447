import pg from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { invoke } from "#core/invoke.ts";
import { signedIn, trpcRequest } from "#testing/browser.ts";
import { captureLog } from "#testing/captured-log.ts";
import { actorOf, makePerson, makeTasks } from "#testing/factories.ts";
import { callerFor } from "#testing/wires.ts";
import { makeWorld, samples, type World } from "#testing/world.ts";
import { findCapability } from "./capabilities.ts";
import { handleTrpc } from "./trpc/handler.ts";

// How many statements a request costs (issue "Speed and memory"), counted where they leave: in pg's own client.

const original = pg.Client.prototype.query;
let sent: string[] = [];

beforeEach(() => {
  sent = [];
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

const isFrame = (text: string) => /^(BEGIN|COMMIT|ROLLBACK)$/.test(text);

/** Runs a capability with a key and tells what left: statements, frames, and what the event counted. */
async function cost(world: World, name: string, key?: string) {
  const named = findCapability(name);
  if (!named) throw new Error(name);
  const caller = callerFor(world.actor, "page", key ? { key } : {});
  const input = samples[name]?.(world);
  sent = [];
  await invoke(named, caller, input);
  const statements = sent.filter((text) => !isFrame(text));
  return { statements: statements.length, frames: sent.filter(isFrame), counted: caller.event.queries };
}

describe("reading", () => {
  test.each([
    ["tasks.list", 1],
    ["tasks.get", 1],
    ["tasks.counts", 1],
    ["tasks.next", 2],
    ["notifications.list", 1],
    ["notifications.get", 1],
    ["notifications.unreadCount", 1],
    ["profile.get", 1],
    ["activity.list", 1],
    ["invites.list", 1],
    ["activity.timeline", 3],
    ["assistants.names", 1],
    ["assistants.list", 1],
    ["assistants.get", 4],
    ["assistants.undoPreview", 2],
  ])("%s costs %i statements, outside any transaction", async (name, most) => {
    const { statements, frames, counted } = await cost(await makeWorld(), name);
    expect([statements, frames]).toEqual([most, []]);
    expect(counted).toBe(statements);
  });

  test("a list of 50 is one statement, whatever it finds", async () => {
    const person = await makePerson();
    await makeTasks(person, 120);
    const caller = callerFor(actorOf(person), "page");
    const named = findCapability("tasks.list");
    if (!named) throw new Error("tasks.list");
    sent = [];
    const { items } = (await invoke(named, caller, { limit: 50 })) as { items: unknown[] };
    expect([items.length, sent.length]).toEqual([50, 1]);
  });

  test("the next task costs the same with one open task and with ten thousand", async () => {
    const counts = [];
    for (const howMany of [1, 10_000]) {
      const person = await makePerson();
      await makeTasks(person, howMany);
      const named = findCapability("tasks.next");
      if (!named) throw new Error("tasks.next");
      sent = [];
      await invoke(named, callerFor(actorOf(person), "page"), {});
      counts.push(sent.length);
    }
    expect(counts).toEqual([2, 2]);
  });
});

describe("writing: the key, the change, and one statement for all that it leaves behind", () => {
  test.each([
    "tasks.create",
    "tasks.update",
    "tasks.replace",
    "tasks.complete",
    "tasks.reopen",
    "tasks.snooze",
    "tasks.delete",
    "tasks.restore",
    "notifications.mark",
    "notifications.markAllRead",
    "notifications.delete",
    "notifications.deleteMany",
    "profile.update",
    "operations.undo",
  ])("%s costs three statements with a key, two without, inside BEGIN and COMMIT", async (name) => {
    const keyed = await cost(await makeWorld(), name, "k-1");
    const plain = await cost(await makeWorld(), name);
    expect(keyed).toEqual({ statements: 3, frames: ["BEGIN", "COMMIT"], counted: 3 });
    expect(plain).toEqual({ statements: 2, frames: ["BEGIN", "COMMIT"], counted: 2 });
  });

  test("a repetition costs one: the key's", async () => {
    const world = await makeWorld();
    await cost(world, "tasks.create", "k-1");
    expect(await cost(world, "tasks.create", "k-1")).toEqual({
      statements: 1,
      frames: ["BEGIN", "COMMIT"],
      counted: 1,
    });
  });

  test("what is refused before it starts costs its audit event alone", async () => {
    const world = await makeWorld();
    const named = findCapability("tasks.create");
    if (!named) throw new Error("tasks.create");
    sent = [];
    await invoke(named, callerFor(world.actor, "page"), { title: "" }).catch(() => undefined);
    expect([sent.length, sent[0]]).toEqual([1, expect.stringContaining("INSERT INTO audit_events")]);
  });
});

describe("a whole request of the browser", () => {
  test("resolves who is asking, and counts the limit, in one statement beside the capability's own", async () => {
    const person = await makePerson();
    const { cookie } = await signedIn(person);
    await handleTrpc(trpcRequest("tasks.list", "query", {}, { Cookie: cookie }));
    sent = [];
    const { lines } = await captureLog(() => handleTrpc(trpcRequest("tasks.list", "query", {}, { Cookie: cookie })));
    expect(sent).toHaveLength(2);
    expect(sent[0]).toMatch(/sessions[\s\S]*rate_limits/);
    expect(lines[0]).toMatchObject({ queries: 2 });
    sent = [];
    await handleTrpc(
      trpcRequest("tasks.create", "mutation", { title: "x" }, { Cookie: cookie, "Idempotency-Key": "k" }),
    );
    expect(sent.filter((text) => !isFrame(text))).toHaveLength(4);
  });

  test("asks nothing of the database for a cookie that is none", async () => {
    for (const cookie of [
      "",
      "__Host-mindflow.session=",
      "__Host-mindflow.session=a.b.c.d.e",
      `__Host-mindflow.session=${"x".repeat(5000)}`,
    ]) {
      await handleTrpc(trpcRequest("tasks.list", "query", {}, { Cookie: cookie }));
      expect(sent).toEqual([]);
    }
  });
});
