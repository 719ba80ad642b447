import { describe, expect, test } from "vitest";
import { sql, transaction } from "#core/db.ts";
import { tokenScopes } from "#core/scopes.ts";
import { accessTokenOf, makeGrant } from "#testing/assistants.ts";
import { actorOf, makePerson } from "#testing/factories.ts";
import { rowsOf, run } from "#testing/rows.ts";
import { call } from "#testing/wires.ts";
import { byBearer } from "#transports/rest/bearer.ts";
import { handleRest } from "#transports/rest/handler.ts";

const lockTask = sql("SELECT id FROM tasks WHERE id = $1::uuid FOR UPDATE");
const lockGrant = sql("SELECT id FROM grants WHERE id = $1::uuid FOR UPDATE");
const waiting = `
SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query ILIKE $1`;

async function untilWaiting(what: string, most = 1): Promise<void> {
  while ((await run<{ pid: number }>(waiting, [`%${what}%`])).length < most)
    await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Holds a row as a slow statement of somebody else would. @returns how to let go */
async function holding(statement: typeof lockTask, id: string): Promise<() => Promise<void>> {
  const gate = Promise.withResolvers<void>();
  const locked = Promise.withResolvers<void>();
  const done = transaction(async (db) => {
    await db.query(statement, [id]);
    locked.resolve();
    await gate.promise;
  });
  await locked.promise;
  return async () => {
    gate.resolve();
    await done;
  };
}

async function world() {
  const person = await makePerson();
  const actor = actorOf(person);
  const grant = await makeGrant(person, { scopes: tokenScopes });
  const { id } = (await call(actor, "tasks.create", { title: "Mine" })) as { id: string };
  const token = await accessTokenOf(grant);
  const rename = async () => {
    const request = new Request(`http://localhost:3000/api/v1/tasks/${id}`, {
      method: "PATCH",
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      body: JSON.stringify({ title: "Its" }),
    });
    return (await handleRest(request, byBearer)).status;
  };
  const title = async () => (await call(actor, "tasks.get", { id })).title;
  return { person, actor, grant, id, rename, title };
}

describe("a call that is under way while the person acts on its connection", () => {
  test("is taken back with the rest by disconnecting and undoing", async () => {
    const { actor, grant, id, rename, title } = await world();
    const letGo = await holding(lockTask, id);
    const call1 = rename();
    await untilWaiting("UPDATE tasks");
    const act = call(actor, "assistants.disconnectAndUndo", { id: grant.id });
    await untilWaiting("FROM grants");
    await letGo();
    expect(await call1).toBe(200);
    expect((await act).undo).toMatchObject({ undone: 1, skipped: [] });
    expect(await title()).toBe("Mine");
  });

  test.each([
    ["disconnect", {}],
    ["pause", {}],
    ["narrow", { "tasks:read": true }],
  ])("has written before %s answers", async (verb, input) => {
    const { actor, grant, id, rename, title } = await world();
    const letGo = await holding(lockTask, id);
    const call1 = rename();
    await untilWaiting("UPDATE tasks");
    const order: string[] = [];
    const act = call(actor, `assistants.${verb}`, { id: grant.id, ...input }).then(() => order.push(verb));
    const wrote = call1.then((status) => order.push(`call ${status}`));
    await untilWaiting("FROM grants");
    await letGo();
    await Promise.all([act, wrote]);
    expect([...order].sort()).toEqual(["call 200", verb]);
    expect(await title()).toBe("Its");
  });

  test.each([
    ["ended", "ended_at = now(), ended_by = 'person'"],
    ["paused", "paused_at = now()"],
    ["narrowed", "scopes = '{tasks:read}'"],
  ])("writes nothing when the connection was %s after it was let in", async (_, set) => {
    const { person, grant, rename } = await world();
    const before = await rowsOf(person.id);
    // Let in, and then behind the person's act on the same row.
    const gate = Promise.withResolvers<void>();
    const locked = Promise.withResolvers<void>();
    await run("UPDATE grants SET last_used_at = now() WHERE id = $1", [grant.id]);
    const act = transaction(async (db) => {
      await db.query(lockGrant, [grant.id]);
      await db.query(sql(`UPDATE grants SET ${set} WHERE id = $1::uuid`), [grant.id]);
      locked.resolve();
      await gate.promise;
    });
    await locked.promise;
    const late = rename();
    await untilWaiting("FOR KEY SHARE");
    gate.resolve();
    await act;
    expect(await late).toBe(401);
    expect(await rowsOf(person.id)).toEqual(before);
  });
});

test("of many calls at once a few are worked on; those that waited are let in by what holds then (security AI-05)", async () => {
  const { person, actor, grant } = await world();
  const token = await accessTokenOf(grant);
  const list = async () => {
    const headers = { Authorization: `Bearer ${token}` };
    return (await handleRest(new Request("http://localhost:3000/api/v1/tasks", { headers }), byBearer)).status;
  };
  const gate = Promise.withResolvers<void>();
  const locked = Promise.withResolvers<void>();
  const blocking = transaction(async (db) => {
    await db.query(sql("LOCK TABLE tasks IN ACCESS EXCLUSIVE MODE"), []);
    locked.resolve();
    await gate.promise;
  });
  await locked.promise;
  const all = Promise.all(Array.from({ length: 12 }, list));
  await untilWaiting("FROM tasks", 4);
  // The person has a way in all the while.
  const ended = await call(actor, "assistants.disconnect", { id: grant.id });
  const atWork = await run(waiting, ["%FROM tasks%"]);
  gate.resolve();
  await blocking;
  expect([ended.endedBy, atWork.length]).toEqual(["person", 4]);
  expect((await all).sort()).toEqual([200, 200, 200, 200, 401, 401, 401, 401, 401, 401, 401, 401]);
  expect(person.id).toBe(grant.userId);
});
