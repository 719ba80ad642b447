import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dayIn, endOfDay } from "#core/clock.ts";
import type { Actor } from "#core/context.ts";
import { AppError } from "#core/errors.ts";
import { newId } from "#core/id.ts";
import { actorOf, makePerson, makeProject } from "#testing/factories.ts";
import { rowsOf } from "#testing/rows.ts";
import { call } from "#testing/wires.ts";
import { shortDay } from "#ui/format.ts";

const now = new Date("2026-11-21T10:00:00.000Z");
const minutes = (n: number) => new Date(now.getTime() + n * 60_000);
type Task = Record<string, unknown>;

async function someone(zone = "Asia/Kathmandu") {
  const person = await makePerson({ zone });
  return { person, actor: actorOf(person, { zone }) };
}
const create = (actor: Actor, values: Task = {}, at = now) =>
  call(actor, "tasks.create", { title: "Task", ...values }, { now: at });
const update = (actor: Actor, values: Task, at = now) => call(actor, "tasks.update", values, { now: at });
const get = (actor: Actor, id: unknown, includeDeleted = false) => call(actor, "tasks.get", { id, includeDeleted });
const fieldsOf = (promise: Promise<unknown>) =>
  promise.then(
    () => [],
    (error: unknown) => {
      expect(error).toBeInstanceOf(AppError);
      return [(error as AppError).code, ...(error as AppError).details.map(({ field }) => field)];
    },
  );

describe("the fields of a task", () => {
  test("left out become their defaults", async () => {
    const { actor } = await someone();
    expect(await create(actor)).toMatchObject({
      title: "Task",
      description: null,
      status: "pending",
      priority: 3,
      dueDate: null,
      dueAt: null,
      dueZone: null,
      estimateMinutes: null,
      tags: [],
      projectId: null,
      snoozedUntil: null,
      startedAt: null,
      completedAt: null,
      deletedAt: null,
      version: 1,
      createdAt: now.toISOString(),
      updatedAt: now.toISOString(),
    });
  });

  const tags = (count: number, length: number) =>
    Array.from({ length: count }, (_, n) => String(n).padStart(2, "0").padEnd(length, "x"));
  const limits: [field: string, taken: unknown, refused: unknown][] = [
    ["title", "x", "   "],
    ["title", "x".repeat(200), "x".repeat(201)],
    ["title", "😀".repeat(200), "😀".repeat(201)],
    ["description", "x".repeat(2000), "x".repeat(2001)],
    ["description", "two\nlines", "\u0000"],
    ["priority", 1, 0],
    ["priority", 5, 6],
    ["priority", 3, 2.5],
    ["estimateMinutes", 1, 0],
    ["estimateMinutes", 480, 481],
    ["tags", tags(20, 25), tags(21, 5)],
    ["tags", tags(10, 50), [...tags(10, 50), "a"]],
    ["tags", ["home"], ["home", "HOME"]],
    ["dueDate", "1900-01-01", "1899-12-31"],
    ["dueDate", "9998-12-31", "9999-01-01"],
    ["dueDate", "2028-02-29", "2027-02-29"],
    ["dueAt", "1900-01-01T00:00:00Z", "1899-12-31T23:59:59Z"],
    ["dueAt", "9998-12-31T23:59:59.999Z", "9998-12-31T23:59:59-01:00"],
    ["dueAt", "2026-11-24T17:00:00+14:00", "2026-11-24T17:00:00"],
    ["dueAt", "2026-11-24T17:00:00+23:59", "0000-01-01T00:00:00Z"],
  ];
  test.each(limits)("%s at its limit is stored, one beyond is refused by name", async (field, taken, refused) => {
    const { person, actor } = await someone();
    const made = await create(actor, { [field]: taken });
    expect(await get(actor, made.id)).toMatchObject({ id: made.id });
    const before = await rowsOf(person.id);
    expect(await fieldsOf(create(actor, { [field]: refused }))).toEqual(["VALIDATION_ERROR", field]);
    expect(await fieldsOf(update(actor, { id: made.id, [field]: refused }))).toEqual(["VALIDATION_ERROR", field]);
    expect(await rowsOf(person.id)).toEqual(before);
  });

  test.each(["Pacific/Kiritimati", "Asia/Kathmandu", "UTC", "Etc/GMT+12"])(
    "the latest due dates can be shown and scored in %s, whatever zone they were given in",
    async (zone) => {
      const { actor } = await someone(zone);
      const made = [
        await create(actor, { dueDate: "9998-12-31" }),
        await create(actor, { dueDate: "9998-12-31", dueTime: "23:59", dueZone: "Etc/GMT+12" }),
        await create(actor, { dueAt: "9998-12-31T23:59:59.999Z" }),
      ];
      for (const { dueDate, dueAt } of made as { dueDate: string | null; dueAt: string | null }[]) {
        const day = dueDate ?? dayIn(zone, new Date(String(dueAt)));
        expect(shortDay(day, { locale: "en-GB", zone, now: now.getTime() })).toMatch(/ (Dec 9998|Jan 9999)$/);
        expect(dayIn(zone, endOfDay(zone, day))).toMatch(/^\d{4}-01-0[1-3]$/);
      }
      expect(await call(actor, "tasks.next", {}, { now })).toMatchObject({ task: { status: "pending" } });
    },
  );

  test.each([
    ["title", 5],
    ["title", null],
    ["title", "two\nlines"],
    ["description", 5],
    ["priority", "3"],
    ["dueDate", "24.11.2026"],
    ["dueTime", "24:00"],
    ["dueZone", "Mars/Olympus"],
    ["estimateMinutes", "5"],
    ["tags", "home"],
    ["projectId", "inbox"],
    ["reason", "x".repeat(501)],
  ])("%s: %j is refused by name", async (field, value) => {
    const { actor } = await someone();
    const extra =
      field === "dueTime" ? { dueDate: "2026-11-24" } : field === "dueZone" ? { dueAt: now.toISOString() } : {};
    expect(await fieldsOf(create(actor, { ...extra, [field]: value }))).toEqual(["VALIDATION_ERROR", field]);
  });

  test("one tag that is too long is named by its place", async () => {
    const { actor } = await someone();
    expect(await fieldsOf(create(actor, { tags: ["a", "x".repeat(51)] }))).toEqual(["VALIDATION_ERROR", "tags.1"]);
  });

  test("text comes back as it went in, NFC and trimmed (requirements M-89)", async () => {
    const { actor } = await someone();
    const word = fc
      .string({ unit: "grapheme", minLength: 1, maxLength: 60 })
      .map((text) => text.normalize("NFC").trim())
      .filter((text) => text !== "" && !/[\p{Cc}\u2028\u2029]/u.test(text) && [...text].length <= 200);
    await fc.assert(
      fc.asyncProperty(word, fc.array(word, { maxLength: 3 }), async (title, lines) => {
        const description = lines.join("\n").trim().slice(0, 500).toWellFormed().trim() || null;
        const { id } = await create(actor, { title, description });
        expect(await get(actor, id)).toMatchObject({ title, description });
        const { items } = (await call(actor, "tasks.list", { limit: 1 })) as { items: Task[] };
        expect(items).toHaveLength(1);
      }),
      { numRuns: 60 },
    );
    for (const title of [
      "<b>&amp; \"quotes\" 'single' \\ %_",
      "日本語 العربية हिन्दी",
      "👩‍👩‍👧‍👦 family",
      "a\u202eb",
      "--; DROP TABLE tasks",
    ]) {
      const { id } = await create(actor, { title });
      expect(await get(actor, id)).toMatchObject({ title });
    }
  });
});

describe("when a task is due", () => {
  test("a day stays a day, whatever the zone", async () => {
    for (const zone of ["Pacific/Pago_Pago", "Pacific/Kiritimati"]) {
      const { actor } = await someone(zone);
      expect(await create(actor, { dueDate: "2026-11-24" })).toMatchObject({
        dueDate: "2026-11-24",
        dueAt: null,
        dueZone: null,
      });
    }
  });

  test.each([
    ["Asia/Kathmandu", undefined, "2026-11-24", "17:00", "2026-11-24T11:15:00.000Z"],
    ["Europe/Berlin", undefined, "2026-07-01", "09:30", "2026-07-01T07:30:00.000Z"],
    ["Europe/Berlin", undefined, "2026-12-01", "09:30", "2026-12-01T08:30:00.000Z"],
    ["Europe/Berlin", undefined, "2026-03-29", "02:30", "2026-03-29T01:30:00.000Z"],
    ["Asia/Kathmandu", "America/New_York", "2026-11-01", "12:00", "2026-11-01T17:00:00.000Z"],
    ["Asia/Kathmandu", "America/New_York", "2026-10-31", "12:00", "2026-10-31T16:00:00.000Z"],
  ])("in %s (meant in %s) %s at %s is %s", async (zone, dueZone, dueDate, dueTime, dueAt) => {
    const { actor } = await someone(zone);
    const made = await create(actor, { dueDate, dueTime, ...(dueZone ? { dueZone } : {}) });
    expect(made).toMatchObject({ dueDate: null, dueAt, dueZone: dueZone ?? zone });
  });

  test("an instant with an offset is kept as the same instant", async () => {
    const { actor } = await someone();
    expect(await create(actor, { dueAt: "2026-11-24T17:00:00+05:45" })).toMatchObject({
      dueAt: "2026-11-24T11:15:00.000Z",
      dueZone: "Asia/Kathmandu",
    });
  });

  test.each([
    [{ dueDate: "2026-11-24", dueAt: "2026-11-24T10:00:00Z" }, ["dueAt"]],
    [{ dueTime: "10:00" }, ["dueTime"]],
    [{ dueZone: "UTC" }, ["dueZone"]],
    [{ dueDate: "2026-11-24", dueZone: "UTC" }, ["dueZone"]],
    [{ dueTime: "10:00", dueAt: "2026-11-24T10:00:00Z" }, ["dueTime"]],
  ])("%j contradicts itself", async (values, fields) => {
    const { actor } = await someone();
    expect(await fieldsOf(create(actor, values))).toEqual(["VALIDATION_ERROR", ...fields]);
  });

  test("a day replaces an instant and an instant a day; null clears each", async () => {
    const { actor } = await someone();
    const { id } = await create(actor, { dueDate: "2026-11-24" });
    const none = { dueDate: null, dueAt: null, dueZone: null };
    const dueAt = "2026-11-25T10:00:00.000Z";
    expect(await update(actor, { id, dueAt })).toMatchObject({ ...none, dueAt, dueZone: "Asia/Kathmandu" });
    expect(await update(actor, { id, dueAt: null })).toMatchObject(none);
    expect(await update(actor, { id, dueDate: "2026-11-26" })).toMatchObject({ ...none, dueDate: "2026-11-26" });
    expect(await update(actor, { id, dueDate: "2026-11-26", dueTime: "08:00", dueZone: "UTC" })).toMatchObject({
      ...none,
      dueAt: "2026-11-26T08:00:00.000Z",
      dueZone: "UTC",
    });
    expect(await update(actor, { id, dueDate: "2026-11-27" })).toMatchObject({ ...none, dueDate: "2026-11-27" });
    expect(await update(actor, { id, dueDate: null })).toMatchObject(none);
  });
});

describe("changing a task", () => {
  test("what is left out stays, null and empty clear (requirements S3-18)", async () => {
    const { actor } = await someone();
    const full = { description: "Notes", estimateMinutes: 30, tags: ["a", "b"], priority: 5, dueDate: "2026-11-24" };
    const { id } = await create(actor, full);
    expect(await update(actor, { id, title: "Other" })).toMatchObject({ ...full, title: "Other", version: 2 });
    const cleared = { description: null, estimateMinutes: null, tags: [], dueDate: null };
    expect(await update(actor, { id, ...cleared })).toMatchObject({
      ...cleared,
      title: "Other",
      priority: 5,
      version: 3,
    });
    await update(actor, { id, description: "Again" });
    expect(await update(actor, { id, description: "  " })).toMatchObject({ description: null });
  });

  test("PUT puts back to the default what is left out (requirements S3-17)", async () => {
    const { actor } = await someone();
    const { id } = await create(actor, { description: "Notes", priority: 5, tags: ["a"], dueDate: "2026-11-24" });
    expect(await call(actor, "tasks.replace", { id, title: "New" })).toMatchObject({
      title: "New",
      description: null,
      priority: 3,
      tags: [],
      dueDate: null,
    });
  });

  test("to what it is already is no change: same version, no entry in the journal", async () => {
    const { person, actor } = await someone();
    const { id } = await create(actor, { tags: ["a"] });
    const before = await rowsOf(person.id);
    expect(await update(actor, { id, title: "Task", tags: ["a"], priority: 3 })).toMatchObject({
      version: 1,
      operationId: null,
    });
    const after = await rowsOf(person.id);
    expect([after.tasks, after.operations]).toEqual([before.tasks, before.operations]);
  });

  test("naming nothing to change is refused", async () => {
    const { actor } = await someone();
    const { id } = await create(actor);
    for (const nothing of [{ id }, { id, version: 1 }, { id, reason: "why" }, { id, dueZone: null }])
      expect(await fieldsOf(update(actor, nothing))).toEqual(["VALIDATION_ERROR", ""]);
  });

  test("with a version that moved on is a conflict that says where it is now", async () => {
    const { actor } = await someone();
    const { id } = await create(actor);
    expect(await update(actor, { id, version: 1, title: "A" })).toMatchObject({ version: 2 });
    const error = await update(actor, { id, version: 1, title: "B" }).catch((failure: unknown) => failure);
    expect(error).toMatchObject({ code: "CONFLICT", details: [{ field: "version", message: "It is 2 now." }] });
    expect(await get(actor, id)).toMatchObject({ title: "A", version: 2 });
  });

  test("of two with the same version at once, one wins", async () => {
    const { actor } = await someone();
    const { id } = await create(actor);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, (_, n) => update(actor, { id, version: 1, title: `Writer ${n}` })),
    );
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await get(actor, id)).toMatchObject({ version: 2 });
  });

  test("moves it to an own project, not to a foreign or missing one", async () => {
    const { person, actor } = await someone();
    const stranger = await makePerson();
    const [mine, theirs] = [await makeProject(person), await makeProject(stranger)];
    const { id } = await create(actor);
    expect(await update(actor, { id, projectId: mine })).toMatchObject({ projectId: mine });
    for (const projectId of [theirs, newId()]) {
      expect(await fieldsOf(update(actor, { id, projectId }))).toEqual(["VALIDATION_ERROR", "projectId"]);
      expect(await fieldsOf(create(actor, { projectId }))).toEqual(["VALIDATION_ERROR", "projectId"]);
    }
    expect(await update(actor, { id, projectId: null })).toMatchObject({ projectId: null });
  });

  test("inside a fence never leads out of it", async () => {
    const { person } = await someone();
    const [inside, outside] = [await makeProject(person), await makeProject(person)];
    const fenced = actorOf(person, { via: "assistant", fence: [inside] });
    expect(await fieldsOf(create(fenced))).toEqual(["VALIDATION_ERROR", "projectId"]);
    const { id } = await create(fenced, { projectId: inside });
    for (const projectId of [outside, null])
      expect(await fieldsOf(update(fenced, { id, projectId }))).toEqual(["VALIDATION_ERROR", "projectId"]);
    expect(await update(fenced, { id, title: "Still here" })).toMatchObject({ projectId: inside });
  });
});

describe("status (requirements M-86)", () => {
  test("in_progress starts the clock once, completed stops it, pending clears completion", async () => {
    const { actor } = await someone();
    const { id } = await create(actor);
    const started = minutes(1).toISOString();
    expect(await update(actor, { id, status: "in_progress" }, minutes(1))).toMatchObject({
      startedAt: started,
      completedAt: null,
    });
    expect(await update(actor, { id, status: "in_progress", title: "Same" }, minutes(2))).toMatchObject({
      startedAt: started,
    });
    expect(await update(actor, { id, status: "completed" }, minutes(3))).toMatchObject({
      startedAt: started,
      completedAt: minutes(3).toISOString(),
    });
    expect(await update(actor, { id, status: "pending" }, minutes(4))).toMatchObject({
      completedAt: null,
      startedAt: started,
    });
    expect(await update(actor, { id, status: "in_progress" }, minutes(5))).toMatchObject({
      startedAt: minutes(5).toISOString(),
    });
  });

  test("completing by a change keeps the first time and ends a snooze", async () => {
    const { actor } = await someone();
    const { id } = await create(actor);
    await call(actor, "tasks.snooze", { id, minutes: 60 }, { now });
    expect(await update(actor, { id, status: "completed" }, minutes(1))).toMatchObject({ snoozedUntil: null });
    expect(await update(actor, { id, status: "completed", title: "B" }, minutes(2))).toMatchObject({
      completedAt: minutes(1).toISOString(),
    });
  });

  test.each(["snoozed", "done", "", null, 1])("%j is no status", async (status) => {
    const { actor } = await someone();
    const { id } = await create(actor);
    expect(await fieldsOf(update(actor, { id, status }))).toEqual(["VALIDATION_ERROR", "status"]);
  });

  test("completing twice keeps the first time and is one operation (requirements M-87)", async () => {
    const { actor } = await someone();
    const { id } = await create(actor);
    const first = await call(actor, "tasks.complete", { id }, { now: minutes(1) });
    const again = await call(actor, "tasks.complete", { id }, { now: minutes(2) });
    expect(first.completedAt).toBe(minutes(1).toISOString());
    expect(again).toMatchObject({ completedAt: first.completedAt, version: first.version, operationId: null });
  });

  test("reopening clears the completion; reopening an open one changes nothing", async () => {
    const { actor } = await someone();
    const { id } = await create(actor);
    await call(actor, "tasks.complete", { id });
    expect(await call(actor, "tasks.reopen", { id })).toMatchObject({
      status: "pending",
      completedAt: null,
      version: 3,
    });
    expect(await call(actor, "tasks.reopen", { id })).toMatchObject({ version: 3, operationId: null });
  });
});

describe("snoozing", () => {
  const inInbox = async (actor: Actor, at: Date) =>
    ((await call(actor, "tasks.list", { view: "inbox" }, { now: at })) as { items: Task[] }).items.length;

  test("hides a task until its time, and it comes back by itself (requirements M-83)", async () => {
    const { actor } = await someone();
    const { id } = await create(actor);
    await call(actor, "tasks.snooze", { id, minutes: 60 }, { now });
    expect([
      await inInbox(actor, minutes(0)),
      await inInbox(actor, minutes(59)),
      await inInbox(actor, minutes(60)),
    ]).toEqual([0, 0, 1]);
    const next = (at: Date) => call(actor, "tasks.next", {}, { now: at });
    expect(await next(minutes(59))).toMatchObject({ task: null, gates: { snoozed: 1 } });
    expect(await next(minutes(61))).toMatchObject({ task: { id } });
    expect(await call(actor, "tasks.counts", {}, { now: minutes(59) })).toMatchObject({ inbox: 0 });
    expect(await call(actor, "tasks.counts", {}, { now: minutes(61) })).toMatchObject({ inbox: 1 });
  });

  test("takes three hours where nothing is said; again replaces; null wakes (requirements M-88)", async () => {
    const { actor } = await someone();
    const { id } = await create(actor);
    const snooze = (values: Task) => call(actor, "tasks.snooze", { id, ...values }, { now });
    expect(await snooze({})).toMatchObject({ snoozedUntil: minutes(180).toISOString() });
    expect(await snooze({ until: "2026-11-22T10:00:00Z" })).toMatchObject({ snoozedUntil: "2026-11-22T10:00:00.000Z" });
    expect(await snooze({ minutes: 1 })).toMatchObject({ snoozedUntil: minutes(1).toISOString() });
    expect(await update(actor, { id, snoozedUntil: null })).toMatchObject({ snoozedUntil: null });
  });

  test.each([
    [{ until: "2026-11-21T10:00:00.000Z" }, ["VALIDATION_ERROR", "until"]],
    [{ until: "2020-01-01T00:00:00Z" }, ["VALIDATION_ERROR", "until"]],
    [{ until: "2099-01-01T00:00:00Z" }, ["VALIDATION_ERROR", "until"]],
    [{ until: "tomorrow" }, ["VALIDATION_ERROR", "until"]],
    [{ minutes: 0 }, ["VALIDATION_ERROR", "minutes"]],
    [{ minutes: 525_601 }, ["VALIDATION_ERROR", "minutes"]],
    [{ minutes: 5, until: "2026-11-22T10:00:00Z" }, ["VALIDATION_ERROR", "minutes"]],
  ])("%j is refused by name", async (values, expected) => {
    const { actor } = await someone();
    const { id } = await create(actor);
    expect(await fieldsOf(call(actor, "tasks.snooze", { id, ...values }, { now }))).toEqual(expected);
  });

  test("is not for completed tasks", async () => {
    const { actor } = await someone();
    const { id } = await create(actor);
    await call(actor, "tasks.complete", { id });
    expect(await fieldsOf(call(actor, "tasks.snooze", { id }))).toEqual(["CONFLICT"]);
  });
});

describe("the trash", () => {
  test("hides a task everywhere (requirements S3-20)", async () => {
    const { actor } = await someone();
    const { id } = await create(actor, { dueDate: "2026-11-21", priority: 5 });
    expect(await call(actor, "tasks.delete", { id }, { now })).toMatchObject({ deletedAt: now.toISOString() });
    for (const input of [
      {},
      { view: "inbox" },
      { view: "today" },
      { view: "all" },
      { view: "completed" },
      { q: "Task" },
    ])
      expect(await call(actor, "tasks.list", input, { now })).toEqual({ items: [], nextCursor: null });
    expect(await call(actor, "tasks.counts", {}, { now })).toEqual({ inbox: 0, today: 0, overdue: 0 });
    expect(await call(actor, "tasks.next", {}, { now })).toMatchObject({ task: null, gates: { snoozed: 0 } });
    expect(await fieldsOf(get(actor, id))).toEqual(["RESOURCE_NOT_FOUND"]);
    for (const name of ["complete", "reopen", "snooze", "delete"])
      expect(await fieldsOf(call(actor, `tasks.${name}`, { id }))).toEqual(["RESOURCE_NOT_FOUND"]);
    expect(await fieldsOf(update(actor, { id, title: "B" }))).toEqual(["RESOURCE_NOT_FOUND"]);
    expect(await get(actor, id, true)).toMatchObject({ id });
    for (const input of [{ view: "trash" }, { includeDeleted: true }])
      expect(await call(actor, "tasks.list", input)).toMatchObject({ items: [{ id }] });
  });

  test("gives a task back as it was; what is not in it cannot be restored (requirements S3-21)", async () => {
    const { actor } = await someone();
    const { id } = await create(actor, { tags: ["a"] });
    await call(actor, "tasks.complete", { id }, { now });
    const before = await get(actor, id);
    await call(actor, "tasks.delete", { id });
    expect(await call(actor, "tasks.restore", { id })).toMatchObject({
      ...before,
      version: 4,
      updatedAt: expect.any(String),
    });
    expect(await fieldsOf(call(actor, "tasks.restore", { id }))).toEqual(["CONFLICT"]);
  });
});
