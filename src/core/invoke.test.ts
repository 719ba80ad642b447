import { afterEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { actorOf, makePerson, type Person } from "#testing/factories.ts";
import { auditOf, rowsOf, run } from "#testing/rows.ts";
import { call, callerFor } from "#testing/wires.ts";
import { makeWorld, samples } from "#testing/world.ts";
import { allCapabilities } from "#transports/capabilities.ts";
import { type Capability, mutation, query } from "./capability.ts";
import { AppError } from "./errors.ts";
import { invoke } from "./invoke.ts";

const day = 24 * 3_600_000;
const later = (ms: number) => new Date(Date.now() + ms);
const refusalOf = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (error: unknown) => error as AppError,
  );
const title = (value: string) => ({ title: value, priority: 3 });

async function someone() {
  const person = await makePerson();
  return { person, actor: actorOf(person) };
}

describe("the same key again", () => {
  test("ten at once make one row and ten equal answers, nine of them replayed", async () => {
    const { person, actor } = await someone();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => call(actor, "tasks.create", title("Once"), { key: "k" })),
    );
    expect(answers.filter(({ replayed }) => replayed === false)).toHaveLength(1);
    const plain = answers.map(({ replayed: _, ...answer }) => answer);
    for (const answer of plain) expect(answer).toEqual(plain[0]);
    const rows = await rowsOf(person.id);
    expect([rows.tasks.count, rows.operations.count, rows.notifications.count, rows.outbox.count]).toEqual([
      1, 1, 1, 1,
    ]);
  });

  test("with other arguments is a conflict and writes nothing", async () => {
    const { person, actor } = await someone();
    await call(actor, "tasks.create", title("First"), { key: "k" });
    const before = await rowsOf(person.id);
    await expect(call(actor, "tasks.create", title("Second"), { key: "k" })).rejects.toMatchObject({
      code: "CONFLICT",
    });
    expect(await rowsOf(person.id)).toEqual(before);
  });

  test("for another act with the same arguments is a conflict", async () => {
    const { actor } = await someone();
    const { id } = await call(actor, "tasks.create", title("One"));
    await call(actor, "tasks.complete", { id }, { key: "k" });
    await expect(call(actor, "tasks.reopen", { id }, { key: "k" })).rejects.toMatchObject({ code: "CONFLICT" });
  });

  test("does not mind the order of the fields, nor what is said by leaving it out", async () => {
    const { actor } = await someone();
    await call(actor, "tasks.create", { title: "A", priority: 3, tags: ["x"] }, { key: "k" });
    const again = await call(actor, "tasks.create", { tags: ["x"], description: null, title: " A " }, { key: "k" });
    expect(again).toMatchObject({ replayed: true, title: "A" });
  });

  test("is new after 24 hours, and not a moment before", async () => {
    const { person, actor } = await someone();
    const start = new Date("2026-11-21T10:00:00Z");
    const at = (ms: number) => ({ key: "k", now: new Date(start.getTime() + ms) });
    const first = await call(actor, "tasks.create", title("A"), at(0));
    expect(await call(actor, "tasks.create", title("A"), at(day - 1))).toMatchObject({ id: first.id, replayed: true });
    const second = await call(actor, "tasks.create", title("B"), at(day));
    expect(second).toMatchObject({ replayed: false, title: "B" });
    expect(await call(actor, "tasks.create", title("B"), at(day + 1))).toMatchObject({ id: second.id, replayed: true });
    expect((await rowsOf(person.id)).tasks.count).toBe(2);
  });

  test("of another grant, client or person never meets", async () => {
    const { person } = await someone();
    const client = (id: string) => ({ ...actorOf(person, { via: "assistant" }), clientId: id });
    const long = `https://assistant.example/${"a".repeat(200)}`;
    const actors = [
      actorOf(person),
      actorOf(person, { via: "assistant", grantId: "019aa000-0000-7000-8000-000000000001" }),
      actorOf(person, { via: "assistant", grantId: "019aa000-0000-7000-8000-000000000002" }),
      client(`${long}/1`),
      client(`${long}/2`),
      (await someone()).actor,
    ];
    const answers = [];
    for (const actor of actors) answers.push(await call(actor, "tasks.create", title("Mine"), { key: "shared" }));
    expect(answers.map(({ replayed }) => replayed)).toEqual(actors.map(() => false));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(actors.length);
  });

  test("is free again when the call that had it failed", async () => {
    const { person, actor } = await someone();
    const projectId = "019aa000-0000-7000-8000-00000000000f";
    await expect(call(actor, "tasks.create", { ...title("A"), projectId }, { key: "k" })).rejects.toThrow();
    expect((await rowsOf(person.id)).idempotency_keys.count).toBe(0);
    expect(await call(actor, "tasks.create", title("B"), { key: "k" })).toMatchObject({ title: "B", replayed: false });
  });

  test("waits for the call that has it: when that one fails, the waiting one does the work", async () => {
    const { person, actor } = await someone();
    const fails = mutation({
      summary: "Fail late",
      scope: "tasks:write",
      input: z.strictObject({}),
      output: z.object({}),
      async run() {
        await new Promise((resolve) => setTimeout(resolve, 50));
        throw new AppError("CONFLICT", "Not this time.");
      },
    });
    const attempts = Array.from({ length: 4 }, () =>
      refusalOf(invoke({ name: "tests.fail", capability: fails }, callerFor(actor, "page", { key: "k" }), {})),
    );
    for (const error of await Promise.all(attempts)) expect(error?.message).toBe("Not this time.");
    expect((await rowsOf(person.id)).idempotency_keys.count).toBe(0);
  });

  test.each(["", " ", "with space", "é", "a".repeat(256), "line\nbreak", "\u0000"])("%j is no key", async (key) => {
    const { person, actor } = await someone();
    expect(await refusalOf(call(actor, "tasks.create", title("A"), { key }))).toMatchObject({
      code: "VALIDATION_ERROR",
      details: [{ field: "Idempotency-Key", message: "Use 1 to 255 visible ASCII characters." }],
    });
    expect((await rowsOf(person.id)).tasks.count).toBe(0);
  });

  test("of 255 characters is one, and means nothing to a read", async () => {
    const { person, actor } = await someone();
    const key = "k".repeat(255);
    expect(await call(actor, "tasks.create", title("A"), { key })).toMatchObject({ replayed: false });
    await call(actor, "tasks.list", {}, { key: "another" });
    expect((await rowsOf(person.id)).idempotency_keys.count).toBe(1);
  });

  test("never stores what is shown once", async () => {
    const { person, actor } = await someone();
    const secretive = mutation({
      summary: "Make a secret",
      scope: "tasks:write",
      input: z.strictObject({}),
      output: z.object({ link: z.string().nullable() }),
      shownOnce: ["link"],
      run: async () => ({ link: "canary-link" }),
    });
    const act = () =>
      invoke({ name: "tests.secret", capability: secretive }, callerFor(actor, "page", { key: "k" }), {});
    expect(await act()).toMatchObject({ link: "canary-link", replayed: false });
    expect(await act()).toMatchObject({ link: null, replayed: true });
    const stored = await run("SELECT k::text AS text FROM idempotency_keys k WHERE user_id = $1", [person.id]);
    expect(JSON.stringify(stored)).not.toContain("canary");
  });
});

describe("all or none (requirements S2-24)", () => {
  const brokenTables = ["operations", "changes", "notifications", "outbox"] as const;
  afterEach(async () => {
    for (const table of brokenTables) await run(`DROP TRIGGER IF EXISTS fault ON ${table}`);
  });

  test.each(brokenTables)("when %s cannot be written, nothing is: no task, no entry, no key", async (table) => {
    const { person, actor } = await someone();
    await run(
      `CREATE OR REPLACE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'injected'; END $$`,
    );
    await run(`CREATE TRIGGER fault BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION fail()`);
    const before = await rowsOf(person.id);
    const error = await refusalOf(call(actor, "tasks.create", title("Lost"), { key: "k" }));
    expect(error).toMatchObject({ code: "INTERNAL_ERROR", cause: { message: "injected" } });
    expect(await rowsOf(person.id)).toEqual(before);
    expect(await auditOf(person.id)).toEqual([
      expect.objectContaining({ action: "tasks.create", result: "error", code: "INTERNAL_ERROR" }),
    ]);
    await run(`DROP TRIGGER fault ON ${table}`);
    expect(await call(actor, "tasks.create", title("Kept"), { key: "k" })).toMatchObject({ replayed: false });
  });

  test("an answer that does not fit its own schema takes the change back", async () => {
    const { person, actor } = await someone();
    const wrong = mutation({
      summary: "Answer nonsense",
      scope: "tasks:write",
      input: z.strictObject({}),
      output: z.object({ count: z.int() }),
      async run({ db }) {
        await db.query({ name: "t1", text: "UPDATE users SET name = 'Changed' WHERE id = $1" }, [person.id]);
        return { count: "many" } as unknown as { count: number };
      },
    });
    const before = await rowsOf(person.id);
    const error = await refusalOf(invoke({ name: "tests.wrong", capability: wrong }, callerFor(actor, "page"), {}));
    expect(error?.code).toBe("INTERNAL_ERROR");
    expect(JSON.stringify([error?.message, error?.details])).not.toContain("many");
    expect(await rowsOf(person.id)).toEqual(before);
  });
});

describe("the audit (requirements M-120)", () => {
  const writes = allCapabilities.filter(
    ({ capability }) => capability.kind === "mutation" && capability.scope !== "admin",
  );

  // What changes rows and is about a connection as well stands in the journal and, naming the connection, in the audit.
  const inBoth = new Set(["assistants.undo", "assistants.disconnectAndUndo"]);

  test.each(writes.map(({ name }) => name))("%s leaves exactly one entry, under its request id", async (name) => {
    const world = await makeWorld();
    const [operations, audit] = [await operationsOf(world.person), await auditOf(world.person.id)];
    await call(world.actor, name, samples[name]?.(world));
    const newOperations = (await operationsOf(world.person)).slice(operations.length);
    const newAudit = (await auditOf(world.person.id)).slice(audit.length);
    const entry = expect.objectContaining({ action: name, requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    expect([...newOperations, ...newAudit]).toEqual(inBoth.has(name) ? [entry, entry] : [entry]);
    if (inBoth.has(name)) expect([newOperations.length, newAudit[0]?.resourceId]).toEqual([1, world.grant]);
    for (const { result } of newAudit) expect(result).toBe("success");
  });

  test.each(writes.map(({ name }) => name))(
    "%s leaves one entry when it is refused, with the reason's code",
    async (name) => {
      const world = await makeWorld();
      const before = await auditOf(world.person.id);
      const powerless = actorOf(world.person, { via: "assistant", scopes: [] });
      await expect(call(powerless, name, samples[name]?.(world))).rejects.toMatchObject({ code: "FORBIDDEN" });
      await expect(call(world.actor, name, { surprise: 1 })).rejects.toMatchObject({ code: "VALIDATION_ERROR" });
      expect((await auditOf(world.person.id)).slice(before.length)).toEqual([
        expect.objectContaining({ action: name, via: "assistant", result: "denied", code: "FORBIDDEN" }),
        expect.objectContaining({ action: name, via: "browser", result: "error", code: "VALIDATION_ERROR" }),
      ]);
    },
  );

  test("a foreign thing asked for is on record, though nothing was changed (design §12)", async () => {
    const { person, actor } = await someone();
    const theirs = await makeWorld();
    await expect(call(actor, "tasks.get", { id: theirs.task })).rejects.toMatchObject({ code: "RESOURCE_NOT_FOUND" });
    expect(await auditOf(person.id)).toEqual([
      expect.objectContaining({
        action: "tasks.get",
        result: "denied",
        code: "RESOURCE_NOT_FOUND",
        resourceId: theirs.task,
      }),
    ]);
  });

  test("an id that is none is not put on record as one", async () => {
    const { person, actor } = await someone();
    await expect(call(actor, "tasks.complete", { id: "'; DROP TABLE tasks" })).rejects.toThrow();
    expect(await auditOf(person.id)).toEqual([expect.objectContaining({ resourceId: null })]);
  });

  test("reading leaves nothing", async () => {
    const world = await makeWorld();
    const before = [await rowsOf(world.person.id), await auditOf(world.person.id)];
    for (const { name, capability } of allCapabilities)
      if (capability.kind === "query") await call(world.actor, name, samples[name]?.(world));
    expect([await rowsOf(world.person.id), await auditOf(world.person.id)]).toEqual(before);
  });

  test("a call that changes nothing is audited, but is no operation", async () => {
    const { person, actor } = await someone();
    const { id } = await call(actor, "tasks.create", title("Open"));
    expect(await call(actor, "tasks.reopen", { id })).toMatchObject({ operationId: null });
    expect((await rowsOf(person.id)).operations.count).toBe(1);
    expect(await auditOf(person.id)).toEqual([expect.objectContaining({ action: "tasks.reopen", result: "success" })]);
  });
});

const operationsOf = (person: Person) =>
  run<{ action: string; requestId: string }>(
    `SELECT capability AS action, request_id AS "requestId" FROM operations WHERE user_id = $1 ORDER BY created_at, id`,
    [person.id],
  );

describe("the one door (design §5)", () => {
  const seen: string[] = [];
  const input = z.strictObject({ name: z.string() }).superRefine(() => void seen.push("parsed"));
  const probe: Capability = query({
    summary: "Look",
    scope: "tasks:read",
    input,
    output: z.object({ name: z.string() }),
    run: async (_, { name }) => ({ name, passwordHash: "canary", rank: 1 }),
  });
  const look = (actor: Parameters<typeof callerFor>[0], raw: unknown) =>
    invoke({ name: "tests.look", capability: probe }, callerFor(actor, "page"), raw);

  test("columns that the schema does not declare never leave", async () => {
    const { actor } = await someone();
    expect(await look(actor, { name: "x" })).toEqual({ name: "x" });
  });

  test("nobody is asked to sign in, whatever they sent; without the scope it is forbidden before anything is parsed", async () => {
    const { person } = await someone();
    const powerless = actorOf(person, { scopes: ["profile:read"] });
    seen.length = 0;
    for (const raw of [{ name: "x" }, { nonsense: 1 }, JSON.parse('{"__proto__": 1}'), "x".repeat(100_000)]) {
      expect(await refusalOf(look(null, raw))).toMatchObject({ code: "AUTH_REQUIRED" });
      expect(await refusalOf(look(powerless, raw))).toMatchObject({
        code: "FORBIDDEN",
        details: [{ field: "", message: "insufficient_scope: tasks:read" }],
      });
    }
    expect(seen).toEqual([]);
  });

  test("size and depth come before parsing (requirements S2-14)", async () => {
    const { actor } = await someone();
    seen.length = 0;
    expect(await refusalOf(look(actor, { name: "x".repeat(70_000) }))).toMatchObject({ code: "PAYLOAD_TOO_LARGE" });
    expect(await refusalOf(look(actor, JSON.parse('{"constructor": 1}')))).toMatchObject({ code: "VALIDATION_ERROR" });
    expect(seen).toEqual([]);
  });

  test.each([["a text"], [42], [true], [[]], [["x"]]])("%j is no input, and says so", async (raw) => {
    const { actor } = await someone();
    expect(await refusalOf(look(actor, raw))).toMatchObject({ code: "VALIDATION_ERROR", details: [{ field: "" }] });
  });

  test("fields that do not exist are named each, shortened, at most fifty", async () => {
    const { actor } = await someone();
    const raw = { name: "x", ["k".repeat(500)]: 1, other: 2 };
    expect((await refusalOf(look(actor, raw)))?.details).toEqual([
      { field: "k".repeat(100), message: "This field does not exist." },
      { field: "other", message: "This field does not exist." },
    ]);
  });

  test("whatever a capability throws becomes a refusal", async () => {
    const { actor } = await someone();
    for (const thrown of [new Error("canary"), "canary", null, { code: "57014" }]) {
      const broken = query({ ...probe, run: () => Promise.reject(thrown) } as Parameters<typeof query>[0]);
      const error = await refusalOf(
        invoke({ name: "tests.broken", capability: broken }, callerFor(actor, "page"), { name: "x" }),
      );
      expect(error).toBeInstanceOf(AppError);
      expect(error?.message).not.toContain("canary");
    }
  });

  test("a person deleted in mid-flight is no server fault of the audit's", async () => {
    const { person, actor } = await someone();
    await run("DELETE FROM users WHERE id = $1", [person.id]);
    const error = await refusalOf(call(actor, "tasks.create", title("Ghost"), { now: later(0) }));
    expect(error).toBeInstanceOf(AppError);
    expect(error?.code).toBe("CONFLICT");
  });
});
