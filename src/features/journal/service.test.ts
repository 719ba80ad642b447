import { describe, expect, test } from "vitest";
import { z } from "zod";
import { mutation } from "#core/capability.ts";
import type { Actor } from "#core/context.ts";
import { sql } from "#core/db.ts";
import type { AppError } from "#core/errors.ts";
import { newId } from "#core/id.ts";
import { invoke } from "#core/invoke.ts";
import { type Scope, scopes } from "#core/scopes.ts";
import { makeGrant } from "#testing/assistants.ts";
import { actorOf, makePerson, makeProject, makeTasks, type Person } from "#testing/factories.ts";
import { auditOf, rowsOf, run } from "#testing/rows.ts";
import { call, callerFor } from "#testing/wires.ts";
import { makeWorld } from "#testing/world.ts";

type Answer = Record<string, unknown>;
const hash = "$argon2id$v=19$m=19456,t=2,p=1$canaryHashCanaryHash$canary";

async function someone() {
  const person = await makePerson({ passwordHash: hash });
  return { person, actor: actorOf(person) };
}
const create = (actor: Actor, values: Answer = {}) =>
  call(actor, "tasks.create", { title: "Ask Ana", priority: 4, tags: ["q3"], dueDate: "2026-11-24", ...values });
const undo = (actor: Actor, id: unknown) => call(actor, "operations.undo", { id });
const get = (actor: Actor, id: unknown) => call(actor, "tasks.get", { id, includeDeleted: true });
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "done",
    (error: unknown) => (error as AppError).code,
  );
const activity = async (actor: Actor, input: Answer = {}) =>
  (await call(actor, "activity.list", input)) as { items: Answer[]; nextCursor: string | null };

/** What a person sees of a task, without what every change moves on. */
const content = ({ version: _, updatedAt: __, operationId: ___, replayed: ____, ...task }: Answer) => task;

/** One operation over several tasks, as bulk acts will be. */
const raiseAll = mutation({
  summary: "Raise all",
  scope: "tasks:write",
  input: z.strictObject({ ids: z.array(z.uuid()) }),
  output: z.object({}),
  async run({ db, actor, recorder }, { ids }) {
    for (const id of ids) {
      const statement = sql(`WITH b AS (SELECT * FROM tasks WHERE user_id = $1 AND id = $2 FOR UPDATE),
        a AS (UPDATE tasks t SET priority = 5, version = t.version + 1 FROM b WHERE t.id = b.id RETURNING t.*)
        SELECT to_jsonb(b) AS before, to_jsonb(a) AS after FROM b, a`);
      const [row] = await db.query<{ before: Answer; after: Answer }>(statement, [actor.userId, id]);
      if (!row) throw new Error("no such task");
      const [versionBefore, versionAfter] = [Number(row.before.version), Number(row.after.version)];
      recorder.changed({ entity: "task", id, versionBefore, versionAfter, before: row.before, after: row.after });
    }
    return {};
  },
});
const raise = (actor: Actor, ids: unknown[]) =>
  invoke({ name: "tasks.raiseAll", capability: raiseAll }, callerFor(actor, "page"), { ids });

describe("undo puts back what an operation changed (design §7)", () => {
  const acts: [name: string, act: (actor: Actor, id: unknown) => Promise<Answer>, prepare?: string][] = [
    [
      "a change",
      (actor, id) => call(actor, "tasks.update", { id, title: "B", tags: [], dueAt: "2026-11-25T10:00:00Z" }),
    ],
    ["a replacement", (actor, id) => call(actor, "tasks.replace", { id, title: "B" })],
    ["a completion", (actor, id) => call(actor, "tasks.complete", { id })],
    ["a reopening", (actor, id) => call(actor, "tasks.reopen", { id }), "tasks.complete"],
    ["a snooze", (actor, id) => call(actor, "tasks.snooze", { id, minutes: 60 })],
    ["a deletion", (actor, id) => call(actor, "tasks.delete", { id })],
    ["a restoration", (actor, id) => call(actor, "tasks.restore", { id }), "tasks.delete"],
    ["a start", (actor, id) => call(actor, "tasks.update", { id, status: "in_progress" })],
  ];
  test.each(acts)("%s, and undoing that undo does it again", async (_, act, prepare) => {
    const { actor } = await someone();
    const { id } = await create(actor);
    if (prepare) await call(actor, prepare, { id });
    const before = await get(actor, id);
    const done = await act(actor, id);
    const after = await get(actor, id);
    const undone = await undo(actor, done.operationId);
    expect(undone).toMatchObject({ undone: 1, skipped: [] });
    expect(content(await get(actor, id))).toEqual(content(before));
    await undo(actor, undone.operationId);
    expect(content(await get(actor, id))).toEqual(content(after));
    expect(await get(actor, id)).toMatchObject({ version: Number(after.version) + 2 });
  });

  test("of an addition moves it to the trash; undoing that brings it back", async () => {
    const { actor } = await someone();
    const made = await create(actor);
    const undone = await undo(actor, made.operationId);
    expect((await get(actor, made.id)).deletedAt).not.toBeNull();
    await undo(actor, undone.operationId);
    expect((await get(actor, made.id)).deletedAt).toBeNull();
  });

  test("of the profile puts name, zone and theme back", async () => {
    const { actor } = await someone();
    const before = await call(actor, "profile.get", {});
    const changed = await call(actor, "profile.update", { name: "Other", zone: "UTC", theme: "dark" });
    await undo(actor, changed.operationId);
    expect(await call(actor, "profile.get", {})).toMatchObject({
      name: before.name,
      zone: before.zone,
      theme: before.theme,
    });
  });
});

describe("undo never overwrites what came later", () => {
  test("a row changed since is skipped; when nothing is left to undo that is a conflict that names it", async () => {
    const { person, actor } = await someone();
    const { id } = await create(actor);
    const first = await call(actor, "tasks.update", { id, title: "B" });
    await call(actor, "tasks.update", { id, priority: 5 });
    const before = await rowsOf(person.id);
    const error = await undo(actor, first.operationId).catch((failure: unknown) => failure);
    expect(error).toMatchObject({ code: "CONFLICT", details: [{ field: id, message: "B" }] });
    expect(await rowsOf(person.id)).toEqual(before);
    expect(await get(actor, id)).toMatchObject({ title: "B", priority: 5 });
  });

  test("of several rows those unchanged are put back and the others listed", async () => {
    const { actor } = await someone();
    const tasks = [
      await create(actor, { title: "A" }),
      await create(actor, { title: "B" }),
      await create(actor, { title: "C" }),
    ];
    const [a, b, c] = tasks.map(({ id }) => id);
    const { operationId } = await raise(actor, [a, b, c]);
    await call(actor, "tasks.update", { id: b, title: "B2" });
    await run("DELETE FROM tasks WHERE id = $1", [c]);
    expect(await undo(actor, operationId)).toMatchObject({
      undone: 1,
      skipped: [
        { entity: "task", id: c, label: "C", reason: "gone" },
        { entity: "task", id: b, label: "B", reason: "changed_since" },
      ],
    });
    expect(await get(actor, a)).toMatchObject({ priority: 4 });
    expect(await get(actor, b)).toMatchObject({ priority: 5, title: "B2" });
    const [, , entry] = (await activity(actor)).items;
    expect(entry).toMatchObject({ id: operationId, status: "partly_undone", changeCount: 3 });
  });

  test("twice is refused; of two at once one wins", async () => {
    const { actor } = await someone();
    const { id } = await create(actor);
    const { operationId } = await call(actor, "tasks.complete", { id });
    const codes = await Promise.all(Array.from({ length: 6 }, () => codeOf(undo(actor, operationId))));
    expect(codes.sort()).toEqual([...Array.from({ length: 5 }, () => "CONFLICT"), "done"]);
    expect(await get(actor, id)).toMatchObject({ status: "pending", version: 3 });
    await expect(undo(actor, operationId)).rejects.toThrow("This was undone already.");
  });

  test("races with a change without losing either", async () => {
    const { actor } = await someone();
    for (let round = 0; round < 5; round++) {
      const { id } = await create(actor);
      const { operationId } = await call(actor, "tasks.complete", { id });
      const [undone] = await Promise.all([
        codeOf(undo(actor, operationId)),
        call(actor, "tasks.update", { id, title: "Kept" }),
      ]);
      expect(await get(actor, id)).toMatchObject({
        title: "Kept",
        status: undone === "done" ? "pending" : "completed",
      });
    }
  });
});

describe("whose operation it is", () => {
  test("foreign, missing and fenced ones are the same 404", async () => {
    const [mine, theirs] = [await makeWorld(), await makeWorld()];
    const fenced = actorOf(mine.person, { via: "assistant", fence: [mine.projectId] });
    expect(await codeOf(undo(mine.actor, theirs.operation))).toBe("RESOURCE_NOT_FOUND");
    expect(await codeOf(undo(mine.actor, newId()))).toBe("RESOURCE_NOT_FOUND");
    expect(await codeOf(undo(fenced, mine.operation))).toBe("RESOURCE_NOT_FOUND");
    expect(await get(theirs.actor, theirs.task)).toMatchObject({ deletedAt: null });
  });

  test("a fence holds on both sides of an operation: undo puts nothing back outside it, nor is it shown what was there", async () => {
    const { person, actor } = await someone();
    const [inside, outside] = [await makeProject(person), await makeProject(person)];
    const fenced = actorOf(person, { fence: [inside] });
    for (const projectId of [outside, null]) {
      const task = await create(actor, { projectId, title: "Kept from them" });
      const moved = await call(actor, "tasks.update", { id: task.id, projectId: inside, title: "Theirs" });
      expect(await codeOf(undo(fenced, moved.operationId))).toBe("RESOURCE_NOT_FOUND");
      expect(JSON.stringify(await activity(fenced))).not.toContain("Kept from them");
      expect(await get(actor, task.id)).toMatchObject({ projectId: inside, title: "Theirs" });
      const renamed = await call(actor, "tasks.update", { id: task.id, title: "Renamed" });
      expect(await codeOf(undo(fenced, renamed.operationId))).toBe("done");
    }
  });

  test("who may not delete cannot do it by undoing an addition or a way out of the trash", async () => {
    const { person, actor } = await someone();
    const writer = actorOf(person, { via: "api_key", scopes: ["tasks:read", "tasks:write"] satisfies Scope[] });
    const made = await create(actor);
    const kept = await create(actor);
    await call(actor, "tasks.delete", { id: kept.id });
    const restored = await call(actor, "tasks.restore", { id: kept.id });
    for (const { id, operationId } of [made, restored]) {
      expect(await codeOf(undo(writer, operationId))).toBe("FORBIDDEN");
      expect(await get(actor, id)).toMatchObject({ deletedAt: null });
      expect(await codeOf(undo(actor, operationId))).toBe("done");
    }
    const renamed = await call(writer, "tasks.update", { id: (await create(actor)).id, title: "Renamed" });
    expect(await codeOf(undo(writer, renamed.operationId))).toBe("done");
  });

  test("an assistant undoes what came through its own grant, nothing else (design §9)", async () => {
    const { person, actor } = await someone();
    const [one, two] = [newId(), newId()].map((grantId) => actorOf(person, { via: "assistant", grantId })) as [
      Actor,
      Actor,
    ];
    const made = await create(one);
    const own = await create(actor);
    expect(await codeOf(undo(two, made.operationId))).toBe("RESOURCE_NOT_FOUND");
    expect(await codeOf(undo(one, own.operationId))).toBe("RESOURCE_NOT_FOUND");
    expect(await codeOf(undo(one, made.operationId))).toBe("done");
  });

  test("the journal is no way around a scope: without profile scopes the profile is neither shown nor undone", async () => {
    const { person, actor } = await someone();
    const changed = await call(actor, "profile.update", { theme: "dark" });
    await create(actor);
    const key = actorOf(person, { via: "api_key", scopes: ["tasks:read", "tasks:write"] satisfies Scope[] });
    expect((await activity(key)).items.map(({ entity }) => entity)).toEqual(["task"]);
    expect(await codeOf(undo(key, changed.operationId))).toBe("RESOURCE_NOT_FOUND");
    expect((await activity(actorOf(person, { scopes }))).items).toHaveLength(2);
  });
});

describe("what the journal holds", () => {
  test("no secret: not the hash of a password, not an owner, only what undo may write back", async () => {
    const { person, actor } = await someone();
    const { operationId } = await call(actor, "profile.update", { name: "Other Name" });
    await undo(actor, operationId);
    await create(actor);
    const rows = await run<{ entity: string; before: Answer | null; after: Answer }>(
      "SELECT entity, before, after FROM changes WHERE user_id = $1",
      [person.id],
    );
    expect(rows).toHaveLength(3);
    expect(JSON.stringify(rows)).not.toContain("argon2id");
    for (const { entity, before, after } of rows)
      for (const image of before ? [before, after] : [after]) {
        if (entity === "profile") expect(Object.keys(image).sort()).toEqual(["name", "theme", "time_zone"]);
        expect(Object.keys(image)).not.toContain("user_id");
      }
    const everywhere = await run<{ text: string }>(
      `SELECT x::text AS text FROM operations x WHERE user_id = $1 UNION ALL SELECT x::text FROM audit_events x WHERE user_id = $1
       UNION ALL SELECT x::text FROM notifications x WHERE user_id = $1 UNION ALL SELECT x::text FROM outbox x WHERE user_id = $1
       UNION ALL SELECT x::text FROM idempotency_keys x WHERE user_id = $1`,
      [person.id],
    );
    expect(JSON.stringify(everywhere)).not.toContain("argon2id");
  });

  test("each operation once, with one change per row, one notification and one line to deliver", async () => {
    const { person, actor } = await someone();
    await create(actor);
    const rows = await rowsOf(person.id);
    expect([rows.operations.count, rows.changes.count, rows.notifications.count, rows.outbox.count]).toEqual([
      1, 1, 1, 1,
    ]);
    const [line] = await run<{ topic: string; payload: Answer }>(
      "SELECT topic, payload FROM outbox WHERE user_id = $1",
      [person.id],
    );
    const [entry] = (await activity(actor)).items;
    expect(line).toEqual({ topic: "tasks.create", payload: { operationId: entry?.id } });
  });

  test("the audit can be added to, never changed or emptied (requirements M-120)", async () => {
    const { person, actor } = await someone();
    await codeOf(call(actor, "tasks.complete", { id: newId() }));
    for (const statement of [
      "UPDATE audit_events SET code = 'X' WHERE user_id = $1",
      "UPDATE audit_events SET user_id = NULL, code = 'X' WHERE user_id = $1",
      "DELETE FROM audit_events WHERE user_id = $1",
    ])
      await expect(run(statement, [person.id])).rejects.toThrow("append-only");
    await expect(run("TRUNCATE audit_events")).rejects.toThrow("append-only");
    const [event] = await run<{ ms: number }>("SELECT duration_ms AS ms FROM audit_events WHERE user_id = $1", [
      person.id,
    ]);
    expect(event?.ms).toBeGreaterThanOrEqual(0);
    expect(await auditOf(person.id)).toHaveLength(1);
  });

  test("deleting an account takes all that is its own; the audit stays and forgets whose it was (requirements S0-08)", async () => {
    const { person } = await makeWorld();
    const stranger = await makeWorld();
    const untouched = await rowsOf(stranger.person.id);
    await call(actorOf(person), "tasks.create", { title: "Keyed" }, { key: "k" });
    await codeOf(call(actorOf(person), "tasks.complete", { id: newId() }));
    const ids = (await run<{ id: string }>("SELECT id FROM audit_events WHERE user_id = $1", [person.id])).map(
      ({ id }) => id,
    );
    expect(ids.length).toBeGreaterThan(0);
    const [before] = await run<{ text: string }>(
      "SELECT (to_jsonb(a) - 'user_id')::text AS text FROM audit_events a WHERE id = $1",
      [ids[0]],
    );
    await run("DELETE FROM tasks WHERE user_id = $1", [person.id]);
    await run("DELETE FROM users WHERE id = $1", [person.id]);
    for (const { count } of Object.values(await rowsOf(person.id))) expect(count).toBe(0);
    const kept = await run<{ user_id: string | null; text: string }>(
      "SELECT user_id, (to_jsonb(a) - 'user_id')::text AS text FROM audit_events a WHERE id = ANY($1::uuid[]) ORDER BY id = $2 DESC",
      [ids, ids[0]],
    );
    expect(kept.map((row) => row.user_id)).toEqual(ids.map(() => null));
    expect(kept[0]?.text).toBe(before?.text);
    expect(await rowsOf(stranger.person.id)).toEqual(untouched);
  });
});

describe("the activity", () => {
  test("tells who, through what, when, what and why", async () => {
    const { person, actor } = await someone();
    const { id: grantId } = await makeGrant(person);
    const assistant = actorOf(person, { via: "assistant", grantId });
    const made = await create(actor);
    const changed = await call(assistant, "tasks.update", {
      id: made.id,
      title: "Ask Ben",
      priority: 1,
      reason: "Ana is away.",
    });
    const undone = await undo(actor, changed.operationId);
    const { items } = await activity(actor);
    expect(items).toHaveLength(3);
    expect(items[0]).toMatchObject({
      id: undone.operationId,
      capability: "operations.undo",
      undoes: changed.operationId,
    });
    expect(items[1]).toEqual({
      id: changed.operationId,
      actor: "assistant",
      via: "assistant",
      clientId: "https://assistant.example/client.json",
      clientName: "Aide",
      grantId,
      capability: "tasks.update",
      entity: "task",
      entityId: made.id,
      subject: "Ask Ben",
      subjectBefore: "Ask Ana",
      changed: ["priority", "title"],
      changeCount: 1,
      reason: "Ana is away.",
      requestId: expect.any(String),
      status: "undone",
      undoes: null,
      undoneBy: undone.operationId,
      undoneAt: items[0]?.createdAt,
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });
    expect(items[2]).toMatchObject({
      actor: "person",
      via: "browser",
      capability: "tasks.create",
      changed: [],
      subjectBefore: null,
    });
  });

  test.each([
    ["browser", "person"],
    ["assistant", "assistant"],
    ["api_key", "key"],
    ["system", "system"],
  ] as const)("shows what comes %s as %s's", async (via, kind) => {
    const { person, actor } = await someone();
    await create(actorOf(person, { via }));
    expect((await activity(actor)).items).toEqual([expect.objectContaining({ via, actor: kind })]);
  });

  test("of one task is that task's alone", async () => {
    const { actor } = await someone();
    const [a] = [await create(actor, { title: "A" }), await create(actor, { title: "B" })];
    await call(actor, "tasks.complete", { id: a.id });
    const { items } = await activity(actor, { entityId: a.id });
    expect(items.map(({ capability }) => capability)).toEqual(["tasks.complete", "tasks.create"]);
    expect((await activity(actor, { entityId: newId() })).items).toEqual([]);
  });

  test("comes in pages, newest first, each entry once", async () => {
    const { actor } = await someone();
    for (let n = 0; n < 7; n++) await create(actor, { title: `${n}` });
    const seen: Answer[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof activity>> = await activity(actor, {
        limit: 3,
        ...(cursor ? { cursor } : {}),
      });
      seen.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor);
    expect(seen.map(({ subject }) => subject)).toEqual(["6", "5", "4", "3", "2", "1", "0"]);
  });

  test("of others is invisible", async () => {
    const { actor } = await someone();
    const other = await someone();
    await create(other.actor);
    await makeTasks(other.person as Person, 1);
    expect(await activity(actor)).toEqual({ items: [], nextCursor: null });
  });
});
