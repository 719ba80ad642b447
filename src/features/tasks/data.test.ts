import { beforeAll, describe, expect, test } from "vitest";
import type { Actor } from "#core/context.ts";
import { actorOf, makePerson, makeProject, makeTasks, type Person } from "#testing/factories.ts";
import { run } from "#testing/rows.ts";
import { call, overRest } from "#testing/wires.ts";

const now = new Date("2026-11-21T10:00:00.000Z");
const at = (minutes: number) => new Date(now.getTime() + minutes * 60_000);
type Task = { id: string; title: string };
type Page = { items: Task[]; nextCursor: string | null };
type Someone = { person: Person; actor: Actor };

async function someone(zone = "Asia/Kathmandu"): Promise<Someone> {
  const person = await makePerson({ zone });
  return { person, actor: actorOf(person, { zone }) };
}
const create = (actor: Actor, values: Record<string, unknown>, when = now) =>
  call(actor, "tasks.create", values, { now: when });
const list = async (actor: Actor, input: Record<string, unknown> = {}, when = now) =>
  (await call(actor, "tasks.list", input, { now: when })) as unknown as Page;
const titles = async (actor: Actor, input: Record<string, unknown>, when = now) =>
  (await list(actor, input, when)).items.map(({ title }) => title).sort();

/** Every page, following the cursors. */
async function allPages(actor: Actor, input: Record<string, unknown>): Promise<Task[]> {
  const found: Task[] = [];
  let cursor: string | null = null;
  do {
    const page: Page = await list(actor, { ...input, ...(cursor ? { cursor } : {}) });
    found.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor);
  return found;
}

describe("filters, each for two people at once", () => {
  let people: (Someone & { projectId: string })[];

  beforeAll(async () => {
    people = await Promise.all(
      ["Ana", "Ben"].map(async (name) => {
        const { person, actor } = await someone();
        const projectId = await makeProject(person);
        const add = (title: string, values: Record<string, unknown> = {}, when = now) =>
          create(actor, { title: `${name} ${title}`, ...values }, when);
        await add("early", { priority: 1 }, at(-120));
        await add("project", { projectId, priority: 5, tags: ["Home", "50%"] });
        await add("day", { dueDate: "2026-11-24", description: "Mentions 100%_done\\" });
        await add("instant", { dueAt: "2026-11-25T12:00:00Z", tags: ["home"] });
        const started = await add("started");
        await call(actor, "tasks.update", { id: started.id, status: "in_progress" }, { now });
        const snoozed = await add("snoozed");
        await call(actor, "tasks.snooze", { id: snoozed.id, minutes: 60 }, { now });
        const done = await add("done", { priority: 2 });
        await call(actor, "tasks.complete", { id: done.id }, { now });
        const gone = await add("gone");
        await call(actor, "tasks.delete", { id: gone.id }, { now });
        return { person, actor, projectId };
      }),
    );
  });

  const open = ["day", "early", "instant", "project", "snoozed", "started"];
  test.each<[Record<string, unknown>, string[]]>([
    [{}, [...open, "done"]],
    [{ status: "open" }, open],
    [{ status: "pending" }, ["day", "early", "instant", "project"]],
    [{ status: "in_progress" }, ["started"]],
    [{ status: "snoozed" }, ["snoozed"]],
    [{ status: "completed" }, ["done"]],
    [{ includeDeleted: true }, [...open, "done", "gone"]],
    [{ view: "all" }, open],
    [{ view: "inbox" }, ["day", "early", "instant", "started"]],
    [{ view: "completed" }, ["done"]],
    [{ view: "trash" }, ["gone"]],
    [{ view: "all", status: "snoozed" }, ["snoozed"]],
    [{ priority: 1 }, ["early"]],
    [{ priority: 5, status: "completed" }, []],
    [{ tag: "home" }, ["instant", "project"]],
    [{ tag: "HOME" }, ["instant", "project"]],
    [{ tag: "50%" }, ["project"]],
    [{ tag: "50_" }, []],
    [{ dueBefore: "2026-11-25T00:00:00.001Z" }, ["day"]],
    [{ dueBefore: "2026-11-25T13:00:00+01:00" }, ["day"]],
    [{ dueAfter: "2026-11-25T00:00:00Z" }, ["instant"]],
    [{ dueAfter: "2026-11-20T00:00:00Z", dueBefore: "2026-12-01T00:00:00Z" }, ["day", "instant"]],
    [{ createdBefore: at(-60).toISOString() }, ["early"]],
    [{ createdAfter: at(-60).toISOString(), status: "completed" }, ["done"]],
    [{ q: "INSTANT" }, ["instant"]],
    [{ q: "100%_done" }, ["day"]],
    [{ q: "100__done" }, []],
    [{ q: "%" }, ["day"]],
    [{ q: "_" }, ["day"]],
    [{ q: "\\" }, ["day"]],
    [{ q: "'; --" }, []],
  ])("%j", async (input, expected) => {
    for (const [n, name] of ["Ana", "Ben"].entries())
      expect(await titles(people[n]?.actor as Actor, input)).toEqual(
        expected.map((title) => `${name} ${title}`).sort(),
      );
  });

  test("a project is its owner's: another's id finds nothing", async () => {
    const [ana, ben] = people as [(typeof people)[0], (typeof people)[0]];
    expect(await titles(ana.actor, { projectId: ana.projectId })).toEqual(["Ana project"]);
    expect(await titles(ana.actor, { projectId: ben.projectId })).toEqual([]);
  });

  test("a fence is part of every list", async () => {
    const [ana] = people as [(typeof people)[0]];
    const fenced = actorOf(ana.person, { via: "assistant", fence: [ana.projectId] });
    for (const input of [{}, { view: "all" }, { tag: "home" }, { includeDeleted: true }])
      expect(await titles(fenced, input)).toEqual(["Ana project"]);
    expect(await titles(actorOf(ana.person, { fence: [] }), {})).toEqual([]);
  });
});

describe("pages by cursor", () => {
  const sorts = ["created", "due", "priority", "updated"];

  test.each(sorts)("sorted by %s each row comes once, in the order of one long page", async (sort) => {
    const { person, actor } = await someone();
    await makeTasks(person, 95);
    const whole = await allPages(actor, { sort, limit: 100 });
    expect(whole).toHaveLength(95);
    expect(await allPages(actor, { sort, limit: 7 })).toEqual(whole);
  });

  test.each([
    ["completed", "complete"],
    ["trash", "delete"],
  ])("the %s, in its natural order, latest first", async (view, act) => {
    const { actor } = await someone();
    for (let n = 0; n < 7; n++) {
      const { id } = await create(actor, { title: `${n}` });
      await call(actor, `tasks.${act}`, { id }, { now: at(n % 5) });
    }
    const pages = await allPages(actor, { view, limit: 2 });
    expect(pages.map(({ title }) => Number(title) % 5)).toEqual([4, 3, 2, 1, 1, 0, 0]);
  });

  test("stays put when rows are added while somebody turns pages", async () => {
    const { person, actor } = await someone();
    await makeTasks(person, 12);
    const whole = await allPages(actor, { limit: 100 });
    const first = await list(actor, { limit: 5 });
    for (let n = 0; n < 6; n++) await create(actor, { title: "Newer" }, new Date(Date.now() + 60_000));
    const rest = await allPages(actor, { limit: 5, cursor: first.nextCursor });
    expect([...first.items, ...rest]).toEqual(whole);
  });

  test("rows of one and the same moment are told apart by their id", async () => {
    const { actor } = await someone();
    for (let n = 0; n < 9; n++) await create(actor, { title: `${n}` });
    for (const sort of sorts) {
      const found = await allPages(actor, { sort, limit: 2 });
      expect(new Set(found.map(({ id }) => id)).size).toBe(9);
    }
  });

  test("the latest day there is has a cursor too", async () => {
    const { actor } = await someone();
    for (let n = 0; n < 3; n++) await create(actor, { title: `${n}`, dueDate: "9998-12-31" });
    await create(actor, { title: "instant", dueAt: "9998-12-31T23:59:59.999Z" });
    expect(await allPages(actor, { sort: "due", limit: 1 })).toHaveLength(4);
  });

  test("a page that is exactly full has no next; limits are 1 to 100", async () => {
    const { person, actor } = await someone();
    await makeTasks(person, 4);
    expect(await list(actor, { limit: 4 })).toMatchObject({ nextCursor: null });
    expect((await list(actor, { limit: 3 })).nextCursor).not.toBeNull();
    for (const limit of [0, 101, 1.5, "10"])
      await expect(list(actor, { limit })).rejects.toMatchObject({
        details: [expect.objectContaining({ field: "limit" })],
      });
  });

  test("a cursor of another list's kind is refused by name; another's cursor shows nothing of theirs", async () => {
    const [ana, ben] = [await someone(), await someone()];
    await makeTasks(ana.person, 3);
    await makeTasks(ben.person, 3);
    const { nextCursor: cursor } = await list(ana.actor, { limit: 1 });
    await expect(list(ana.actor, { sort: "priority", cursor })).rejects.toMatchObject({
      details: [expect.objectContaining({ field: "cursor" })],
    });
    const theirs = new Set((await list(ana.actor)).items.map(({ id }) => id));
    for (const { id } of (await list(ben.actor, { cursor })).items) expect(theirs.has(id)).toBe(false);
  });

  test("nothing beyond the answer's fields comes out: no owner, no sort key", async () => {
    const { person, actor } = await someone();
    await makeTasks(person, 1);
    const [task] = (await list(actor)).items;
    expect(Object.keys(task ?? {}).sort()).toEqual(
      "completedAt createdAt deletedAt description dueAt dueDate dueZone estimateMinutes id priority projectId snoozedUntil startedAt status tags title updatedAt version".split(
        " ",
      ),
    );
  });
});

describe("today follows the person's zone", () => {
  // 10:30 UTC: still the 20th in Pago Pago, already the 22nd in Kiritimati.
  const noon = new Date("2026-11-21T10:30:00Z");
  const days = ["2026-11-19", "2026-11-20", "2026-11-21", "2026-11-22", "2026-11-23"];

  test.each([
    ["Pacific/Pago_Pago", 2, { today: 2, overdue: 1 }],
    ["UTC", 3, { today: 3, overdue: 2 }],
    ["Asia/Kathmandu", 3, { today: 3, overdue: 2 }],
    ["Pacific/Kiritimati", 4, { today: 4, overdue: 3 }],
  ])("in %s it holds %i of five days in a row", async (zone, count, counts) => {
    const { actor } = await someone(zone);
    for (const dueDate of days) await create(actor, { title: dueDate, dueDate }, noon);
    expect(await titles(actor, { view: "today" }, noon)).toEqual(days.slice(0, count));
    expect(await call(actor, "tasks.counts", {}, { now: noon })).toEqual({ inbox: 5, ...counts });
  });

  test.each(["Pacific/Pago_Pago", "America/St_Johns", "Asia/Kathmandu", "Pacific/Kiritimati"])(
    "in %s a time belongs to the day its clock shows, to the millisecond",
    async (zone) => {
      const { actor } = await someone(zone);
      const made = await create(actor, { title: "Midnight", dueDate: "2026-11-22", dueTime: "00:00" }, noon);
      const midnight = new Date(String(made.dueAt));
      const seen = (ms: number) => titles(actor, { view: "today" }, new Date(midnight.getTime() + ms));
      expect([await seen(-1), await seen(0)]).toEqual([[], ["Midnight"]]);
      const counts = (ms: number) => call(actor, "tasks.counts", {}, { now: new Date(midnight.getTime() + ms) });
      expect(await counts(-1)).toMatchObject({ today: 0 });
      expect(await counts(0)).toMatchObject({ today: 1, overdue: 0 });
      expect(await counts(86_400_000)).toMatchObject({ today: 1, overdue: 1 });
    },
  );

  test("it also holds what is snoozed among it and what was completed today, not yesterday", async () => {
    const { actor } = await someone("UTC");
    const [snoozed, done, old] = [
      await create(actor, { title: "snoozed", dueDate: "2026-11-21" }),
      await create(actor, { title: "done" }),
      await create(actor, { title: "done yesterday", dueDate: "2026-11-21" }),
    ];
    await call(actor, "tasks.snooze", { id: snoozed.id, minutes: 60 }, { now });
    await call(actor, "tasks.complete", { id: done.id }, { now: new Date("2026-11-21T00:00:00Z") });
    await call(actor, "tasks.complete", { id: old.id }, { now: new Date("2026-11-20T23:59:59Z") });
    expect(await titles(actor, { view: "today" })).toEqual(["done", "snoozed"]);
    expect(await call(actor, "tasks.counts", {}, { now })).toEqual({ inbox: 0, today: 0, overdue: 0 });
  });

  test("its order is due first; undated ones are not in it", async () => {
    const { actor } = await someone("UTC");
    await create(actor, { title: "undated" });
    await create(actor, { title: "c", dueDate: "2026-11-21" });
    await create(actor, { title: "b", dueAt: "2026-11-21T09:00:00Z" });
    await create(actor, { title: "a", dueDate: "2026-11-01" });
    expect((await list(actor, { view: "today" })).items.map(({ title }) => title)).toEqual(["a", "b", "c"]);
  });
});

describe("counts", () => {
  test("are bounded: a badge never scans more than it shows", async () => {
    const { person, actor } = await someone("UTC");
    await run(
      `INSERT INTO tasks (id, user_id, title, due_date) SELECT gen_random_uuid(), $1::uuid, 'T' || n, '2026-11-01' FROM generate_series(1, 1500) n`,
      [person.id],
    );
    expect(await call(actor, "tasks.counts", {}, { now })).toEqual({ inbox: 999, today: 999, overdue: 999 });
  });

  test("count no projects' tasks for the inbox, and only what lies inside a fence", async () => {
    const { person, actor } = await someone("UTC");
    const projectId = await makeProject(person);
    await create(actor, { title: "A", projectId, dueDate: "2026-11-21" });
    await create(actor, { title: "B", dueDate: "2026-11-20" });
    expect(await call(actor, "tasks.counts", {}, { now })).toEqual({ inbox: 1, today: 2, overdue: 1 });
    const fenced = actorOf(person, { fence: [projectId], zone: "UTC" });
    expect(await call(fenced, "tasks.counts", {}, { now })).toEqual({ inbox: 0, today: 1, overdue: 0 });
  });
});

describe("addresses", () => {
  test.each(["tasks.next", "tasks.counts"])("%s is never read as a task's id (requirements M-84)", async (name) => {
    const { actor } = await someone();
    await create(actor, { title: "One" });
    expect(await overRest(actor, name, {})).toMatchObject({ ok: true });
  });
});
