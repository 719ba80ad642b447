import { describe, expect, test } from "vitest";
import { z } from "zod";
import { mutation } from "#core/capability.ts";
import type { Actor } from "#core/context.ts";
import { sql } from "#core/db.ts";
import { invoke } from "#core/invoke.ts";
import { tokenScopes } from "#core/scopes.ts";
import { makeGrant, type TestGrant } from "#testing/assistants.ts";
import { actorOf, makePerson, type Person } from "#testing/factories.ts";
import { Random } from "#testing/random.ts";
import { rowsOf, run } from "#testing/rows.ts";
import { call, callerFor } from "#testing/wires.ts";

type Answer = Record<string, unknown>;
type Outcome = { changed: number; undone: number; skipped: { id: string; label: string; reason: string }[] };

async function connected() {
  const person = await makePerson();
  const grant = await makeGrant(person, { scopes: tokenScopes });
  return { person, actor: actorOf(person), grant, assistant: assistantOf(person, grant) };
}
const assistantOf = (person: Person, { id }: TestGrant) =>
  actorOf(person, { via: "assistant", scopes: tokenScopes, grantId: id });

const create = (actor: Actor, title: string, now?: Date) =>
  call(actor, "tasks.create", { title, priority: 3, tags: ["q3"] }, now ? { now } : {});
const get = (actor: Actor, id: unknown) => call(actor, "tasks.get", { id, includeDeleted: true });
const undoAll = async (actor: Actor, { id }: TestGrant, since = "connected") =>
  (await call(actor, "assistants.undo", { id, since })) as unknown as Outcome & { operationId: string | null };
const preview = async (actor: Actor, { id }: TestGrant, since = "connected") =>
  (await call(actor, "assistants.undoPreview", { id, since })) as unknown as Outcome;
const statusOf = async (operationId: unknown) =>
  (
    await run<{ status: string; undone_by: string | null }>("SELECT status, undone_by FROM operations WHERE id = $1", [
      operationId,
    ])
  )[0];

/** What a person sees of a task, without what every change moves on, and without when it was deleted. */
const content = ({ version: _, updatedAt: __, operationId: ___, replayed: ____, deletedAt, ...task }: Answer) => ({
  ...task,
  isDeleted: deletedAt !== null,
});

/** One operation over several tasks. */
const raiseAll = mutation({
  summary: "Raise all",
  scope: "tasks:write",
  input: z.strictObject({ ids: z.array(z.uuid()), priority: z.int() }),
  output: z.object({}),
  async run({ db, actor, recorder }, { ids, priority }) {
    for (const id of ids) {
      const statement = sql(`WITH b AS (SELECT * FROM tasks WHERE user_id = $1 AND id = $2 FOR UPDATE),
        a AS (UPDATE tasks t SET priority = $3, version = t.version + 1 FROM b WHERE t.id = b.id RETURNING t.*)
        SELECT to_jsonb(b) AS before, to_jsonb(a) AS after FROM b, a`);
      const [row] = await db.query<{ before: Answer; after: Answer }>(statement, [actor.userId, id, priority]);
      if (!row) throw new Error("no such task");
      const [versionBefore, versionAfter] = [Number(row.before.version), Number(row.after.version)];
      recorder.changed({ entity: "task", id, versionBefore, versionAfter, before: row.before, after: row.after });
    }
    return {};
  },
});
const raise = (actor: Actor, ids: unknown[], priority = 5, now?: Date) =>
  invoke({ name: "tasks.raiseAll", capability: raiseAll }, callerFor(actor, "page", now ? { now } : {}), {
    ids,
    priority,
  });

describe("undoing everything one assistant did (design §7, product M1)", () => {
  test("puts each row back to what it was before, as one operation that can be undone", async () => {
    const { actor, assistant, grant } = await connected();
    const mine = await create(actor, "Mine");
    const before = await get(actor, mine.id);
    const renamed = await call(assistant, "tasks.update", { id: mine.id, title: "Renamed", dueDate: "2026-12-01" });
    const done = await call(assistant, "tasks.complete", { id: mine.id });
    const added = await create(assistant, "Theirs");
    const after = await get(actor, mine.id);
    expect(await preview(actor, grant)).toEqual({ changed: 2, undone: 2, skipped: [], isTooMuch: false });
    const undone = await undoAll(actor, grant);
    expect(undone).toMatchObject({ changed: 2, undone: 2, skipped: [] });
    expect(content(await get(actor, mine.id))).toEqual(content(before));
    expect((await get(actor, added.id)).deletedAt).not.toBeNull();
    for (const { operationId } of [renamed, done, added])
      expect(await statusOf(operationId)).toEqual({ status: "undone", undone_by: undone.operationId });
    await call(actor, "operations.undo", { id: undone.operationId });
    expect(content(await get(actor, mine.id))).toEqual(content(after));
    expect((await get(actor, added.id)).deletedAt).toBeNull();
  });

  test("leaves what the person changed later, and lists it", async () => {
    const { actor, assistant, grant } = await connected();
    const tasks = [await create(assistant, "A"), await create(assistant, "B"), await create(assistant, "C")];
    const together = await raise(
      assistant,
      tasks.map(({ id }) => id),
    );
    await call(actor, "tasks.update", { id: tasks[1]?.id, title: "B, edited" });
    const edited = await get(actor, tasks[1]?.id);
    const expected = {
      changed: 3,
      undone: 2,
      skipped: [{ entity: "task", id: tasks[1]?.id, label: "B", reason: "changed_since" }],
    };
    expect(await preview(actor, grant)).toEqual({ ...expected, isTooMuch: false });
    expect(await undoAll(actor, grant)).toMatchObject(expected);
    expect(await get(actor, tasks[1]?.id)).toEqual(edited);
    expect((await statusOf((together as Answer).operationId))?.status).toBe("partly_undone");
    expect((await statusOf(tasks[1]?.operationId))?.status).toBe("done");
  });

  test("goes back to the person's own edit where the assistant changed the row before and after it", async () => {
    const { actor, assistant, grant } = await connected();
    const { id } = await create(assistant, "A");
    await call(actor, "tasks.update", { id, title: "A, edited" });
    const between = await get(actor, id);
    await call(assistant, "tasks.update", { id, title: "Z" });
    await call(assistant, "tasks.update", { id, priority: 1 });
    expect(await undoAll(actor, grant)).toMatchObject({ changed: 1, undone: 1, skipped: [] });
    expect(content(await get(actor, id))).toEqual(content(between));
    // What stands before that edit is out of reach.
    expect(await preview(actor, grant)).toMatchObject({ changed: 1, undone: 0 });
  });

  test("begins at the instant asked for", async () => {
    const { actor, assistant, grant } = await connected();
    const at = (minutes: number) => new Date(Date.now() - minutes * 60_000);
    const { id } = await create(actor, "A", at(200));
    await call(assistant, "tasks.update", { id, title: "Two hours ago" }, { now: at(120) });
    await call(assistant, "tasks.update", { id, title: "Just now" }, { now: at(1) });
    expect(await preview(actor, grant, at(60).toISOString())).toMatchObject({ undone: 1 });
    await undoAll(actor, grant, "hour");
    expect((await get(actor, id)).title).toBe("Two hours ago");
    await undoAll(actor, grant, "day");
    // The undo above is the person's, and it came last.
    expect((await get(actor, id)).title).toBe("Two hours ago");
  });

  test("counts nothing that the assistant has put back by itself", async () => {
    const { person, actor, assistant, grant } = await connected();
    const { id } = await create(actor, "A");
    const { operationId } = await call(assistant, "tasks.update", { id, title: "B" });
    await call(assistant, "operations.undo", { id: operationId });
    const before = await rowsOf(person.id);
    expect(await undoAll(actor, grant)).toMatchObject({ changed: 0, undone: 0, operationId: null });
    expect(await rowsOf(person.id)).toEqual(before);
  });

  test("lists what is gone for good", async () => {
    const { actor, assistant, grant } = await connected();
    const { id } = await create(assistant, "A");
    await run("DELETE FROM tasks WHERE id = $1", [id]);
    expect(await undoAll(actor, grant)).toMatchObject({ undone: 0, skipped: [{ id, label: "A", reason: "gone" }] });
  });

  test("reaches neither another assistant's acts nor another person's", async () => {
    const { person, actor, assistant, grant } = await connected();
    const other = await makeGrant(person, { scopes: tokenScopes, clientName: "Other" });
    const stranger = await connected();
    const { id } = await create(assistant, "A");
    await call(assistantOf(person, other), "tasks.update", { id, title: "B" });
    await create(stranger.assistant, "Theirs");
    const theirs = await rowsOf(stranger.person.id);
    expect(await undoAll(actor, grant)).toMatchObject({ undone: 0, skipped: [{ id, reason: "changed_since" }] });
    await expect(undoAll(actor, stranger.grant)).rejects.toMatchObject({ code: "RESOURCE_NOT_FOUND" });
    await expect(preview(actor, stranger.grant)).rejects.toMatchObject({ code: "RESOURCE_NOT_FOUND" });
    expect(await rowsOf(stranger.person.id)).toEqual(theirs);
  });

  test("of two at once one undoes and the other finds nothing to do", async () => {
    const { actor, assistant, grant } = await connected();
    for (let n = 0; n < 10; n++) await create(assistant, `${n}`);
    const outcomes = await Promise.all([undoAll(actor, grant), undoAll(actor, grant)]);
    expect(outcomes.map(({ undone }) => undone).sort((a, b) => a - b)).toEqual([0, 10]);
    expect(outcomes.map(({ skipped }) => skipped)).toEqual([[], []]);
    const { items } = await call(actor, "activity.list", {});
    expect((items as Answer[]).filter(({ capability }) => capability === "assistants.undo")).toHaveLength(1);
  });

  test("an edit that lands meanwhile is never overwritten", async () => {
    const { actor, assistant, grant } = await connected();
    const ids = await Promise.all(Array.from({ length: 8 }, async (_, n) => (await create(assistant, `${n}`)).id));
    await Promise.all([
      undoAll(actor, grant),
      ...ids.map((id) => call(actor, "tasks.update", { id, title: "Edited" }).catch(() => null)),
    ]);
    for (const id of ids) {
      const { title, deletedAt } = await get(actor, id);
      // Either the edit came first and the row stays, or the undo did and the task was not there to edit.
      expect([title === "Edited", deletedAt !== null]).toEqual(title === "Edited" ? [true, false] : [false, true]);
    }
  });

  test("more than can be undone at once is refused, and nothing is written", async () => {
    const { person, actor, grant } = await connected();
    await run(
      `WITH t AS (INSERT INTO tasks (id, user_id, title) SELECT gen_random_uuid(), $1::uuid, 'T' || n FROM generate_series(1, 5001) n RETURNING id),
      o AS (INSERT INTO operations (id, user_id, actor, via, grant_id, capability, request_id)
        VALUES (gen_random_uuid(), $1::uuid, 'assistant', 'assistant', $2::uuid, 'tasks.create', 'r') RETURNING id)
      INSERT INTO changes (id, user_id, operation_id, entity, entity_id, version_after, after)
      SELECT gen_random_uuid(), $1::uuid, o.id, 'task', t.id, 1, '{"title":"T"}' FROM t, o`,
      [person.id, grant.id],
    );
    const before = await rowsOf(person.id);
    await expect(undoAll(actor, grant)).rejects.toMatchObject({ code: "CONFLICT" });
    expect(await preview(actor, grant)).toMatchObject({ changed: 5000, isTooMuch: true });
    expect(await rowsOf(person.id)).toEqual(before);
  });
});

type Event = { by: "assistant" | "person"; at: number; version: number; content: Answer };

/** One of the things that either may do to a task, or to several. */
async function act(actor: Actor, random: Random, ids: readonly string[], operations: string[], now: Date) {
  const id = random.pick(ids);
  const options = { now };
  const ways: (() => Promise<Answer>)[] = [
    () =>
      call(
        actor,
        "tasks.update",
        { id, title: random.pick(["A", "B", "C"]), tags: [random.pick(["x", "y"])] },
        options,
      ),
    () => call(actor, "tasks.update", { id, dueDate: random.pick(["2026-12-01", "2026-12-02", null]) }, options),
    () => call(actor, "tasks.update", { id, priority: random.pick([1, 2, 3, 4, 5]) }, options),
    () => call(actor, "tasks.complete", { id }, options),
    () => call(actor, "tasks.reopen", { id }, options),
    () => call(actor, "tasks.snooze", { id, minutes: 60 }, options),
    () => call(actor, "tasks.delete", { id }, options),
    () => call(actor, "tasks.restore", { id }, options),
    async () =>
      (await raise(actor, [...new Set([random.pick(ids), random.pick(ids)])], random.pick([1, 5]), now)) as Answer,
    () => call(actor, "operations.undo", { id: random.pick(operations) }, options),
  ];
  // What cannot be done now (a task in the trash, an operation undone before) is part of the game.
  const answer = await random
    .pick(ways)()
    .catch(() => null);
  if (typeof answer?.operationId === "string") operations.push(answer.operationId);
}

describe("whatever assistant and person did in turn", () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])("every row is where it belongs (seed %i)", async (seed) => {
    const random = new Random(seed);
    const { actor, assistant, grant } = await connected();
    const start = Date.now() - 3_600_000;
    const ids: string[] = [];
    const operations: string[] = [];
    const history = new Map<string, Event[]>();
    const look = async (by: Event["by"], at: number) => {
      for (const id of ids) {
        const task = await get(actor, id);
        const events = history.get(id) ?? [];
        const version = Number(task.version);
        if (events.at(-1)?.version !== version) events.push({ by, at, version, content: content(task) });
        history.set(id, events);
      }
    };
    const steps = 40;
    for (let step = 0; step < steps; step++) {
      const by = random.pick(["assistant", "assistant", "person"] as const);
      const who = by === "assistant" ? assistant : actor;
      const now = new Date(start + step * 1000);
      if (ids.length < 5 && (ids.length === 0 || random.pick([true, false]))) {
        const made = await create(who, `Task ${step}`, now);
        ids.push(String(made.id));
        operations.push(String(made.operationId));
      } else await act(who, random, ids, operations, now);
      await look(by, step);
    }
    const from = random.pick([0, 10, 20, 30]);
    const since = new Date(start + from * 1000).toISOString();

    const expected = new Map<string, Event | "untouched" | "trash">();
    for (const [id, events] of history) {
      let first = events.length;
      while (first > 0 && events[first - 1]?.by === "assistant" && (events[first - 1]?.at ?? 0) >= from) first--;
      const before = events[first - 1];
      expected.set(id, first === events.length ? "untouched" : (before ?? "trash"));
    }
    const announced = await preview(actor, grant, since);
    const outcome = await undoAll(actor, grant, since);
    expect(announced).toEqual({
      changed: outcome.changed,
      undone: outcome.undone,
      skipped: outcome.skipped,
      isTooMuch: false,
    });
    for (const [id, wanted] of expected) {
      const now = await get(actor, id);
      const last = history.get(id)?.at(-1);
      if (wanted === "untouched") expect(now.version).toBe(last?.version);
      else if (wanted === "trash") expect(now.deletedAt).not.toBeNull();
      else expect(content(now)).toEqual(wanted.content);
    }
    if (outcome.operationId === null) return;
    await call(actor, "operations.undo", { id: outcome.operationId });
    for (const id of ids) expect(content(await get(actor, id))).toEqual(history.get(id)?.at(-1)?.content);
  });
});
