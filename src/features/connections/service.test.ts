import { describe, expect, test } from "vitest";
import { dayIn, instantAt } from "#core/clock.ts";
import type { Actor } from "#core/context.ts";
import { newId } from "#core/id.ts";
import { tokenScopes } from "#core/scopes.ts";
import { accessTokenOf, makeGrant, type TestGrant } from "#testing/assistants.ts";
import { actorOf, makePerson, type Person } from "#testing/factories.ts";
import { auditOf, rowsOf, run } from "#testing/rows.ts";
import { call } from "#testing/wires.ts";
import { byBearer } from "#transports/rest/bearer.ts";
import { handleRest } from "#transports/rest/handler.ts";

type Answer = Record<string, unknown>;
type Item = Answer & { id: string; name: string; endedAt: string | null; endedBy: string | null };

async function connected(values: Parameters<typeof makeGrant>[1] = {}) {
  const person = await makePerson();
  const grant = await makeGrant(person, { scopes: tokenScopes, ...values });
  return { person, actor: actorOf(person), grant, assistant: assistantOf(person, grant) };
}
const assistantOf = (person: Person, { id, scopes }: TestGrant) =>
  actorOf(person, { via: "assistant", scopes: scopes as typeof tokenScopes, grantId: id });
const act = (actor: Actor, verb: string, grant: TestGrant, input: Answer = {}) =>
  call(actor, `assistants.${verb}`, { id: grant.id, ...input });
const list = async (actor: Actor) => (await call(actor, "assistants.list", {})).items as Item[];
const get = (actor: Actor, grant: TestGrant, input: Answer = {}) => act(actor, "get", grant, input);
const receipts = async (actor: Actor, grant: TestGrant, input: Answer = {}) =>
  (await get(actor, grant, input)).receipts as { items: Answer[]; nextCursor: string | null };

/** What REST answers to this assistant. */
async function status(token: string, method = "GET", path = "/tasks", body?: Answer): Promise<number> {
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  const request = new Request(`http://localhost:3000/api/v1${path}`, {
    method,
    headers,
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return (await handleRest(request, byBearer)).status;
}
const add = (token: string) => status(token, "POST", "/tasks", { title: "By an assistant" });

describe("what an assistant may do (requirements M-41)", () => {
  test("narrowing bites at the next call with the token it already has, and can be taken back", async () => {
    const { actor, grant } = await connected({ scopes: ["tasks:read", "tasks:write", "openid", "offline_access"] });
    const token = await accessTokenOf(grant);
    expect(await add(token)).toBe(201);
    const narrowed = await act(actor, "narrow", grant, { "tasks:read": true });
    expect(narrowed).toMatchObject({
      scopes: ["tasks:read", "openid", "offline_access"],
      approved: ["tasks:read", "tasks:write", "openid", "offline_access"],
    });
    expect([await add(token), await status(token)]).toEqual([403, 200]);
    await act(actor, "narrow", grant, {});
    expect([await add(token), await status(token)]).toEqual([403, 403]);
    await act(actor, "narrow", grant, { "tasks:read": true, "tasks:write": true });
    expect([await add(token), await status(token)]).toEqual([201, 200]);
  });

  test("nothing is added that was not approved", async () => {
    const { person, actor, grant } = await connected({ scopes: ["tasks:read"] });
    const before = await rowsOf(person.id);
    await expect(act(actor, "narrow", grant, { "tasks:read": true, "tasks:delete": true })).rejects.toMatchObject({
      code: "VALIDATION_ERROR",
      details: [{ field: "tasks:delete", message: expect.any(String) }],
    });
    expect(await rowsOf(person.id)).toEqual(before);
    expect(await get(actor, grant)).toMatchObject({ scopes: ["tasks:read"] });
  });

  test("a paused one gets nothing until it is resumed", async () => {
    const { actor, grant } = await connected();
    const token = await accessTokenOf(grant);
    expect(await act(actor, "pause", grant)).toMatchObject({ pausedAt: expect.any(String) });
    expect([await add(token), await status(token)]).toEqual([403, 403]);
    const { pausedAt } = await get(actor, grant);
    expect(await act(actor, "pause", grant)).toMatchObject({ pausedAt });
    expect(await act(actor, "resume", grant)).toMatchObject({ pausedAt: null });
    expect([await add(token), await status(token)]).toEqual([201, 200]);
  });
});

describe("disconnecting (security OA-16)", () => {
  const record = (grant: TestGrant, model: string) =>
    run(
      `INSERT INTO oauth_records (model, id, payload, user_id, grant_id, client_id) VALUES ($1, $2, '{}', $3, $4, 'c')`,
      [model, newId(), grant.userId, grant.id],
    );
  const records = (grant: TestGrant) => run("SELECT model FROM oauth_records WHERE grant_id = $1", [grant.id]);

  test("refuses the next call and takes codes and renewal tokens away; another connection goes on", async () => {
    const { person, actor, grant } = await connected();
    const other = await makeGrant(person);
    const [token, otherToken] = [await accessTokenOf(grant), await accessTokenOf(other)];
    for (const model of ["RefreshToken", "AuthorizationCode"]) await record(grant, model);
    await record(other, "RefreshToken");
    expect(await status(token)).toBe(200);
    expect(await act(actor, "disconnect", grant)).toMatchObject({ endedBy: "person", endedAt: expect.any(String) });
    expect([await status(token), await add(token), await status(otherToken)]).toEqual([401, 401, 200]);
    expect([(await records(grant)).length, (await records(other)).length]).toEqual([0, 1]);
  });

  test("again changes nothing, and what is over can neither be changed nor resumed", async () => {
    const { actor, grant } = await connected();
    const { endedAt } = await act(actor, "disconnect", grant);
    expect(await act(actor, "disconnect", grant)).toMatchObject({ endedAt, endedBy: "person" });
    for (const verb of ["narrow", "pause", "resume"])
      await expect(act(actor, verb, grant)).rejects.toMatchObject({ code: "CONFLICT" });
    expect(await get(actor, grant)).toMatchObject({ endedAt, scopes: [...tokenScopes] });
  });

  test("with undo takes back the last 24 hours in the same transaction", async () => {
    const { actor, assistant, grant } = await connected();
    const early = new Date(Date.now() - 25 * 3_600_000);
    const old = await call(assistant, "tasks.create", { title: "Yesterday", priority: 3 }, { now: early });
    const fresh = await call(assistant, "tasks.create", { title: "Just now", priority: 3 });
    const edited = await call(assistant, "tasks.create", { title: "Kept", priority: 3 });
    await call(actor, "tasks.update", { id: edited.id, title: "Kept, edited" });
    const answer = await act(actor, "disconnectAndUndo", grant);
    expect(answer).toMatchObject({
      endedBy: "person",
      operationId: expect.any(String),
      undo: { changed: 2, undone: 1, skipped: [{ id: edited.id, reason: "changed_since" }] },
    });
    const deleted = async ({ id }: Answer) =>
      (await call(actor, "tasks.get", { id, includeDeleted: true })).deletedAt !== null;
    expect([await deleted(old), await deleted(fresh), await deleted(edited)]).toEqual([false, true, false]);
    await call(actor, "operations.undo", { id: answer.operationId });
    expect(await deleted(fresh)).toBe(false);
    expect((await get(actor, grant)).endedAt).not.toBeNull();
  });

  test("neither ends nor undoes when one of the two cannot be done", async () => {
    const { person, actor, assistant, grant } = await connected();
    const { id } = await call(assistant, "tasks.create", { title: "A", priority: 3 });
    // Whoever may not delete may not take back an addition either.
    const timid = actorOf(person, { scopes: ["account", "tasks:read", "tasks:write"] });
    await expect(act(timid, "disconnectAndUndo", grant)).rejects.toMatchObject({ code: "FORBIDDEN" });
    expect((await get(actor, grant)).endedAt).toBeNull();
    expect((await call(actor, "tasks.get", { id })).deletedAt).toBeNull();
  });

  test("what it did can still be undone afterwards", async () => {
    const { actor, assistant, grant } = await connected();
    await call(assistant, "tasks.create", { title: "A", priority: 3 });
    await act(actor, "disconnect", grant);
    expect(await act(actor, "undo", grant, { since: "today" })).toMatchObject({ undone: 1 });
  });
});

describe("who may", () => {
  const verbs: [verb: string, input: Answer][] = [
    ["get", {}],
    ["narrow", { "tasks:read": true }],
    ["pause", {}],
    ["resume", {}],
    ["disconnect", {}],
    ["disconnectAndUndo", {}],
    ["undoPreview", { since: "today" }],
    ["undo", { since: "today" }],
  ];
  test.each(verbs)(
    "%s of somebody else's connection is the same 404 as of none, and changes nothing",
    async (verb, input) => {
      const { actor } = await connected();
      const theirs = await connected();
      await call(theirs.assistant, "tasks.create", { title: "Theirs", priority: 3 });
      const before = await rowsOf(theirs.person.id);
      const grants = () => run("SELECT * FROM grants WHERE id = $1", [theirs.grant.id]);
      const grant = await grants();
      const refusal = (id: string) =>
        call(actor, `assistants.${verb}`, { id, ...input }).catch((error: unknown) => error);
      expect(await refusal(theirs.grant.id)).toMatchObject({ code: "RESOURCE_NOT_FOUND" });
      expect(await refusal(theirs.grant.id)).toEqual(await refusal(newId()));
      expect(await rowsOf(theirs.person.id)).toEqual(before);
      expect(await grants()).toEqual(grant);
    },
  );

  test.each([...verbs, ["list", {}], ["names", {}]] as [string, Answer][])(
    "%s is for a browser session: an assistant is refused, whatever it was given",
    async (verb, input) => {
      const { assistant, grant } = await connected();
      const id = verb === "list" || verb === "names" ? {} : { id: grant.id };
      await expect(call(assistant, `assistants.${verb}`, { ...id, ...input })).rejects.toMatchObject({
        code: "FORBIDDEN",
      });
      await expect(call(assistant, "activity.timeline", {})).rejects.toMatchObject({ code: "FORBIDDEN" });
    },
  );

  test.each(verbs.filter(([verb]) => verb !== "get" && verb !== "undoPreview"))(
    "%s leaves an audit event that names the connection",
    async (verb, input) => {
      const { person, actor, assistant, grant } = await connected();
      await call(assistant, "tasks.create", { title: "A", priority: 3 });
      await act(actor, verb, grant, input);
      expect((await auditOf(person.id)).filter(({ resourceId }) => resourceId === grant.id)).toMatchObject([
        { action: `assistants.${verb}`, result: "success", via: "browser" },
      ]);
    },
  );
});

describe("the list", () => {
  test("has live ones in the order they were connected, then those that ended lately, and how", async () => {
    const person = await makePerson();
    const actor = actorOf(person);
    const make = async (clientName: string, set = "") => {
      const { id } = await makeGrant(person, { clientName });
      if (set) await run(`UPDATE grants SET ${set} WHERE id = $1`, [id]);
    };
    await make("First");
    await make("Long over", "ended_at = now() - interval '91 days', ended_by = 'person'");
    await make("Given back", "ended_at = now() - interval '2 days', ended_by = 'client'");
    await make("Run out", "expires_at = now() - interval '1 day'");
    await make("Second", "paused_at = now()");
    await makeGrant(await makePerson(), { clientName: "Somebody else's" });
    expect((await list(actor)).map(({ name, endedBy }) => [name, endedBy])).toEqual([
      ["First", null],
      ["Second", null],
      ["Run out", "expiry"],
      ["Given back", "client"],
    ]);
    const { items } = await call(actor, "assistants.names", {});
    expect(items).toMatchObject([
      { name: "First", isPaused: false, isEnded: false },
      { name: "Second", isPaused: true, isEnded: false },
      { name: "Run out", isEnded: true },
      { name: "Given back", isEnded: true },
    ]);
  });

  test("says of a connection from before the last change of password that it is over", async () => {
    const { person, actor } = await connected();
    await run("UPDATE users SET credentials_changed_at = now() + interval '1 second' WHERE id = $1", [person.id]);
    expect(await list(actor)).toMatchObject([{ endedBy: "credentials", endedAt: expect.any(String) }]);
  });

  test("counts what each did since the person's own midnight", async () => {
    const { person, actor, assistant, grant } = await connected();
    const midnight = instantAt(actor.zone, dayIn(actor.zone, new Date()), 0).getTime();
    for (const at of [midnight - 60_000, midnight + 1])
      await call(assistant, "tasks.create", { title: "A", priority: 3 }, { now: new Date(at) });
    const [one, two, three] = [newId(), newId(), newId()];
    const read = (minute: number, ids: string[]) =>
      run(
        `INSERT INTO read_receipts (user_id, grant_id, tool, minute, calls, tasks, task_ids) VALUES ($1, $2, 'list_tasks', $3, 1, $4, $5)`,
        [person.id, grant.id, new Date(minute), ids.length, ids],
      );
    await read(midnight - 60_000, [one, two, three]);
    await read(midnight + 60_000, [one, two]);
    await read(midnight + 120_000, [two, three]);
    await call(assistant, "profile.update", { name: "Not its to change" }).catch(() => null);
    expect(await list(actor)).toMatchObject([{ today: { changed: 1, read: 3, refused: 1 } }]);
  });
});

describe("one assistant's receipts", () => {
  test("hold its changes with the reasons, what it read, and what it was refused, newest first", async () => {
    const { person, actor, assistant, grant } = await connected();
    const other = await makeGrant(person);
    const at = (minutes: number) => new Date(Date.now() - minutes * 60_000);
    const { id } = await call(
      assistant,
      "tasks.create",
      { title: "A", priority: 3, reason: "You asked." },
      { now: at(60) },
    );
    await call(actor, "tasks.update", { id, title: "B" }, { now: at(50) });
    await call(assistantOf(person, other), "tasks.complete", { id }, { now: at(45) });
    await run(
      `INSERT INTO read_receipts (user_id, grant_id, tool, minute, calls, tasks, task_ids) VALUES ($1, $2, 'list_tasks', $3, 3, 18, '{}')`,
      [person.id, grant.id, at(40)],
    );
    await call(assistant, "profile.update", { name: "No" }, { now: at(30) }).catch(() => null);
    const { items } = await receipts(actor, grant);
    expect(items).toMatchObject([
      { kind: "refusal", capability: "profile.update", code: "FORBIDDEN", clientName: "Aide" },
      { kind: "read", calls: 3, tasks: 18 },
      {
        kind: "change",
        capability: "tasks.create",
        reason: "You asked.",
        clientName: "Aide",
        grantId: grant.id,
        color: 0,
      },
    ]);
    expect(await get(actor, grant)).toMatchObject({
      lastRefusal: { capability: "profile.update", code: "FORBIDDEN", at: expect.any(String) },
    });
  });

  test("come in pages, each entry once, whatever its kind", async () => {
    const { person, actor, assistant, grant } = await connected();
    for (let n = 0; n < 12; n++) {
      const now = new Date(Date.now() - n * 3_600_000);
      if (n % 3 === 0) await call(assistant, "tasks.create", { title: `${n}`, priority: 3 }, { now });
      if (n % 3 === 1) await call(assistant, "profile.update", { name: "No" }, { now }).catch(() => null);
      if (n % 3 === 2)
        await run(
          `INSERT INTO read_receipts (user_id, grant_id, tool, minute, calls, tasks, task_ids) VALUES ($1, $2, 'list_tasks', $3, 1, 1, '{}')`,
          [person.id, grant.id, now],
        );
    }
    const seen: Answer[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof receipts>> = await receipts(actor, grant, {
        limit: 5,
        ...(cursor ? { cursor } : {}),
      });
      seen.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor);
    expect(seen.map(({ kind }) => kind)).toEqual(Array.from({ length: 4 }, () => ["change", "refusal", "read"]).flat());
    expect(new Set(seen.map(({ id }) => id)).size).toBe(12);
  });

  test("what it read within ten minutes is one entry", async () => {
    const { person, actor, grant } = await connected();
    const start = Math.floor(Date.now() / 600_000) * 600_000 - 3_600_000;
    const [one, two] = [newId(), newId()];
    for (const [minute, ids] of [
      [0, [one]],
      [3, [one, two]],
      [9, []],
      [10, [two]],
    ] as const)
      await run(
        `INSERT INTO read_receipts (user_id, grant_id, tool, minute, calls, tasks, task_ids) VALUES ($1, $2, 'get_task', $3, 2, $4, $5)`,
        [person.id, grant.id, new Date(start + minute * 60_000), ids.length, ids],
      );
    expect((await receipts(actor, grant)).items).toMatchObject([
      { calls: 2, tasks: 1 },
      { calls: 6, tasks: 2, createdAt: new Date(start + 9 * 60_000).toISOString() },
    ]);
  });
});

describe("the timeline of everybody", () => {
  test("can be narrowed to the person, to one assistant, and to changes", async () => {
    const { person, actor, assistant, grant } = await connected();
    const theirs = await connected();
    await call(theirs.assistant, "tasks.create", { title: "Not mine", priority: 3 });
    await call(actor, "tasks.create", { title: "Mine" });
    await call(assistant, "tasks.create", { title: "Its", priority: 3 });
    await call(assistant, "profile.update", { name: "No" }).catch(() => null);
    const kinds = async (input: Answer) =>
      ((await call(actor, "activity.timeline", input)).items as Answer[]).map(({ kind, subject }) => subject ?? kind);
    expect(await kinds({})).toEqual(["refusal", "Its", "Mine"]);
    expect(await kinds({ changesOnly: true })).toEqual(["Its", "Mine"]);
    expect(await kinds({ who: "me" })).toEqual(["Mine"]);
    expect(await kinds({ who: grant.id })).toEqual(["refusal", "Its"]);
    expect(await kinds({ who: theirs.grant.id })).toEqual([]);
    expect((await call(actorOf(person), "activity.list", { grantId: grant.id })).items).toMatchObject([
      { subject: "Its", clientName: "Aide", grantId: grant.id },
    ]);
  });

  test("tells whose changes were undone", async () => {
    const { actor, assistant, grant } = await connected();
    for (const title of ["A", "B"]) await call(assistant, "tasks.create", { title, priority: 3 });
    await act(actor, "undo", grant, { since: "today" });
    const { items } = await call(actor, "activity.timeline", {});
    expect((items as Answer[])[0]).toMatchObject({ capability: "assistants.undo", changeCount: 2, undoesName: "Aide" });
  });
});
