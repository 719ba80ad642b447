import { describe, expect, test } from "vitest";
import type { Actor } from "#core/context.ts";
import { pooled } from "#core/db.ts";
import { newId } from "#core/id.ts";
import { makeGrant } from "#testing/assistants.ts";
import { actorOf, makePerson, makeProject } from "#testing/factories.ts";
import { rowsOf, run } from "#testing/rows.ts";
import { call, restRequest } from "#testing/wires.ts";
import { handleRest } from "#transports/rest/handler.ts";
import { notificationOf } from "./rules.ts";
import { notificationTypes } from "./schema.ts";
import { notifyAssistant } from "./service.ts";

type Item = { id: string; type: string; title: string; message: string; isRead: boolean; taskId: string | null };
type Page = { items: Item[]; nextCursor: string | null; total: number; unread: number };

async function someone() {
  const person = await makePerson();
  return { person, actor: actorOf(person), assistant: actorOf(person, { via: "assistant", grantId: newId() }) };
}
/** Somebody with so many notifications, the first `read` of them read, a minute apart. */
async function withNotifications(count: number, read = 0) {
  const { person, actor } = await someone();
  await run(
    `INSERT INTO notifications (id, user_id, type, title, message, read_at, created_at)
     SELECT gen_random_uuid(), $1::uuid, 'TASK_CREATED', 'N' || n, 'Message', CASE WHEN n <= $3::int THEN now() END, now() + n * interval '1 minute'
     FROM generate_series(1, $2::int) n`,
    [person.id, count, read],
  );
  return { person, actor };
}
const list = async (actor: Actor, input: Record<string, unknown> = {}) =>
  (await call(actor, "notifications.list", input)) as unknown as Page;
const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (error: unknown) => error,
  );
const notFound = { code: "RESOURCE_NOT_FOUND" };

describe("the list (requirements S3-22)", () => {
  test("has the totals of everything beside the page, oldest or newest first", async () => {
    const { actor } = await withNotifications(150, 60);
    const oldest = await list(actor, { sort: "oldest", limit: 100 });
    expect([oldest.items[0]?.title, oldest.items.length, oldest.total, oldest.unread]).toEqual(["N1", 100, 150, 90]);
    const newest = await list(actor);
    expect([newest.items[0]?.title, newest.items.length]).toEqual(["N150", 50]);
    const rest = await list(actor, { sort: "oldest", limit: 100, cursor: oldest.nextCursor });
    expect([rest.items.length, rest.items.at(-1)?.title, rest.nextCursor, rest.total]).toEqual([50, "N150", null, 150]);
  });

  test("of the unread alone keeps the totals; an empty page has them too", async () => {
    const { actor } = await withNotifications(5, 3);
    const unread = await list(actor, { unreadOnly: true });
    expect(unread.items.map(({ title }) => title)).toEqual(["N5", "N4"]);
    expect([unread.total, unread.unread]).toEqual([5, 2]);
    await call(actor, "notifications.markAllRead", {});
    expect(await list(actor, { unreadOnly: true })).toEqual({ items: [], nextCursor: null, total: 5, unread: 0 });
    expect(await list((await someone()).actor)).toEqual({ items: [], nextCursor: null, total: 0, unread: 0 });
  });

  test("turns every page once in both directions", async () => {
    const { actor } = await withNotifications(11);
    for (const sort of ["newest", "oldest"]) {
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const page: Page = await list(actor, { sort, limit: 3, ...(cursor ? { cursor } : {}) });
        seen.push(...page.items.map(({ title }) => title));
        cursor = page.nextCursor;
      } while (cursor);
      const inOrder = Array.from({ length: 11 }, (_, n) => `N${n + 1}`);
      expect(seen).toEqual(sort === "oldest" ? inOrder : inOrder.reverse());
    }
  });

  test.each([0, 101, -1, 2.5, "5"])("a limit of %j is refused by name", async (limit) => {
    const { actor } = await someone();
    expect(await refusal(list(actor, { limit }))).toMatchObject({
      details: [expect.objectContaining({ field: "limit" })],
    });
  });

  test("over REST puts the totals into headers", async () => {
    const { actor } = await withNotifications(7, 2);
    const response = await handleRest(restRequest("notifications.list", { limit: 3 }), async () => actor);
    expect([response.headers.get("x-total-count"), response.headers.get("x-unread-count")]).toEqual(["7", "5"]);
  });
});

describe("one notification", () => {
  test("is shown without being marked read (requirements S3-23)", async () => {
    const { actor } = await withNotifications(1);
    const [item] = (await list(actor)).items;
    for (let n = 0; n < 2; n++)
      expect(await call(actor, "notifications.get", { id: item?.id })).toMatchObject({
        id: item?.id,
        isRead: false,
        readAt: null,
      });
  });

  test("is marked read and unread again, as often as one likes; the first time of reading stays (requirements S3-24)", async () => {
    const { actor } = await withNotifications(1);
    const id = (await list(actor)).items[0]?.id;
    const mark = (isRead: boolean, at: string) =>
      call(actor, "notifications.mark", { id, isRead }, { now: new Date(at) });
    expect(await mark(true, "2026-11-21T10:00:00Z")).toMatchObject({
      isRead: true,
      readAt: "2026-11-21T10:00:00.000Z",
    });
    expect(await mark(true, "2026-11-21T11:00:00Z")).toMatchObject({ readAt: "2026-11-21T10:00:00.000Z" });
    expect(await mark(false, "2026-11-21T12:00:00Z")).toMatchObject({ isRead: false, readAt: null, operationId: null });
    expect(await mark(false, "2026-11-21T12:00:00Z")).toMatchObject({ isRead: false });
  });

  test("is deleted for good, once: 204, then 404 (requirements S3-26)", async () => {
    const { actor } = await withNotifications(2);
    const id = (await list(actor)).items[0]?.id ?? "";
    const statuses = [];
    for (let n = 0; n < 2; n++) {
      const response = await handleRest(restRequest("notifications.delete", { id }), async () => actor);
      statuses.push([response.status, (await response.text()) === ""]);
    }
    expect(statuses).toEqual([
      [204, true],
      [404, false],
    ]);
    expect((await list(actor)).total).toBe(1);
  });

  test("of somebody else is a 404 and stays (requirements S3-26)", async () => {
    const [mine, theirs] = [await withNotifications(1), await withNotifications(1)];
    const id = (await list(theirs.actor)).items[0]?.id;
    const before = await rowsOf(theirs.person.id);
    for (const [name, input] of [
      ["get", { id }],
      ["mark", { id, isRead: true }],
      ["delete", { id }],
    ] as const)
      expect(await refusal(call(mine.actor, `notifications.${name}`, input))).toMatchObject(notFound);
    expect(await rowsOf(theirs.person.id)).toEqual(before);
  });
});

describe("many at once", () => {
  test("marking all read counts those that were not, and touches nobody else's (requirements S3-25)", async () => {
    const [mine, theirs] = [await withNotifications(5, 2), await withNotifications(3)];
    const before = await rowsOf(theirs.person.id);
    expect(await call(mine.actor, "notifications.markAllRead", {})).toMatchObject({ marked: 3 });
    expect(await call(mine.actor, "notifications.markAllRead", {})).toMatchObject({ marked: 0 });
    expect(await rowsOf(theirs.person.id)).toEqual(before);
  });

  test("bulk deletion passes over foreign and missing ones and says how many it was (requirements S3-27)", async () => {
    const [mine, theirs] = [await withNotifications(3), await withNotifications(2)];
    const own = (await list(mine.actor)).items.map(({ id }) => id);
    const foreign = (await list(theirs.actor)).items.map(({ id }) => id);
    const ids = [...own.slice(0, 2), ...foreign, newId()];
    expect(await call(mine.actor, "notifications.deleteMany", { ids })).toMatchObject({ requested: 5, deleted: 2 });
    expect([(await list(mine.actor)).total, (await list(theirs.actor)).total]).toEqual([1, 2]);
  });

  test("bulk deletion takes 1 to 100 ids (requirements S3-27)", async () => {
    const { actor } = await someone();
    const ids = (count: number) => ({ ids: Array.from({ length: count }, () => newId()) });
    expect(await call(actor, "notifications.deleteMany", ids(100))).toMatchObject({ requested: 100, deleted: 0 });
    for (const count of [0, 101])
      expect(await refusal(call(actor, "notifications.deleteMany", ids(count)))).toMatchObject({
        code: "VALIDATION_ERROR",
        details: [expect.objectContaining({ field: "ids" })],
      });
    expect(await refusal(call(actor, "notifications.deleteMany", { ids: [newId(), "x"] }))).toMatchObject({
      details: [expect.objectContaining({ field: "ids.1" })],
    });
  });

  test("the unread are counted (requirements S3-28)", async () => {
    const { actor } = await withNotifications(9, 4);
    expect(await call(actor, "notifications.unreadCount", {})).toEqual({ unread: 5 });
    expect(await call((await someone()).actor, "notifications.unreadCount", {})).toEqual({ unread: 0 });
  });
});

describe("what is written", () => {
  test("a person's own acts are on record but no news; an assistant's are", async () => {
    const { actor, assistant } = await someone();
    await call(actor, "tasks.create", { title: "Mine" });
    expect(await list(actor)).toMatchObject({ unread: 0, items: [{ isRead: true, message: "You added “Mine”." }] });
    const { id } = await call(assistant, "tasks.create", { title: "Theirs" });
    expect(await list(actor, { unreadOnly: true })).toMatchObject({
      unread: 1,
      items: [{ type: "TASK_CREATED", taskId: id, message: "Assistant added “Theirs”.", grantId: assistant.grantId }],
    });
  });

  test("every act on a task has its own kind", async () => {
    const { actor } = await someone();
    const { id } = await call(actor, "tasks.create", { title: "T" });
    await call(actor, "tasks.update", { id, priority: 5 });
    await call(actor, "tasks.replace", { id, title: "T2" });
    await call(actor, "tasks.snooze", { id });
    await call(actor, "tasks.complete", { id });
    await call(actor, "tasks.reopen", { id });
    await call(actor, "tasks.delete", { id });
    const { operationId } = await call(actor, "tasks.restore", { id });
    await call(actor, "operations.undo", { id: operationId });
    await call(actor, "profile.update", { theme: "dark" });
    const kinds = (await list(actor, { sort: "oldest" })).items.map(({ type }) => type);
    expect(kinds).toEqual([
      "TASK_CREATED",
      "TASK_UPDATED",
      "TASK_UPDATED",
      "TASK_SNOOZED",
      "TASK_COMPLETED",
      "TASK_PENDING",
      "TASK_DELETED",
      "TASK_RESTORED",
      "CHANGES_UNDONE",
      "PROFILE_UPDATED",
    ]);
    for (const kind of kinds) expect(notificationTypes).toContain(kind);
  });

  test.each([
    ["ASSISTANT_CONNECTED", "Assistant connected", "Aide can now work with your tasks, as far as you allowed."],
    ["ASSISTANT_FIRST_WRITE", "First change by an assistant", /^Aide changed something for the first time\./],
    [
      "ASSISTANT_TOKEN_REUSED",
      "Connection ended",
      "A used renewal token of Aide was used again, so the connection was ended.",
    ],
  ] as const)(
    "%s is told unread, with the connection it is about, and to its person only",
    async (type, title, message) => {
      const { person, actor } = await someone();
      const other = await someone();
      const { id: grantId } = await makeGrant(person);
      await notifyAssistant(pooled(), { userId: person.id, grantId, type, clientName: "Aide" });
      const { items, unread } = await list(actor);
      expect([unread, items.length]).toEqual([1, 1]);
      expect(items[0]).toMatchObject({ type, title, grantId, isRead: false, taskId: null });
      expect(items[0]?.message).toMatch(message);
      expect((await list(other.actor)).total).toBe(0);
    },
  );

  test("the longest name an assistant may have fits", async () => {
    const { person, actor } = await someone();
    const { id: grantId } = await makeGrant(person);
    const clientName = "😀".repeat(127);
    await notifyAssistant(pooled(), { userId: person.id, grantId, type: "ASSISTANT_FIRST_WRITE", clientName });
    expect((await list(actor)).items[0]?.message).toContain(clientName);
  });

  test("what changes nothing is no news", async () => {
    const { actor } = await someone();
    const { id } = await call(actor, "tasks.create", { title: "T" });
    await call(actor, "tasks.reopen", { id });
    await call(actor, "profile.update", { name: (await call(actor, "profile.get", {})).name });
    expect((await list(actor)).total).toBe(1);
  });

  test("a long title fits whatever the message adds to it", async () => {
    const { assistant, actor } = await someone();
    await call(assistant, "tasks.create", { title: "😀".repeat(200), priority: 3 });
    const [item] = (await list(actor)).items;
    expect(item?.message.isWellFormed()).toBe(true);
  });

  test("an act that has no words yet leaves no notification", async () => {
    const { actor } = await someone();
    const change = {
      entity: "task",
      id: newId(),
      versionBefore: null,
      versionAfter: 1,
      before: null,
      after: { title: "T" },
    } as const;
    expect(notificationOf("tasks.unheardOf", actor, [change])).toBeNull();
    expect(notificationOf("tasks.create", actor, [])).toBeNull();
    expect(notificationOf("tasks.create", actorOf(await makePerson(), { via: "api_key" }), [change])).toMatchObject({
      message: "An API key added “T”.",
      isRead: false,
    });
  });

  test("inside a fence only news of its tasks is seen, counted, marked and deleted", async () => {
    const { person, actor } = await someone();
    const projectId = await makeProject(person);
    const assistant = actorOf(person, { via: "assistant" });
    await call(assistant, "tasks.create", { title: "Inside", projectId });
    await call(assistant, "tasks.create", { title: "Outside" });
    await run(
      `INSERT INTO notifications (id, user_id, type, title, message) VALUES (gen_random_uuid(), $1, 'LOGIN', 'L', 'M')`,
      [person.id],
    );
    const fenced = actorOf(person, { via: "assistant", fence: [projectId] });
    expect(await list(fenced)).toMatchObject({ total: 1, unread: 1, items: [{ type: "TASK_CREATED" }] });
    expect(await call(fenced, "notifications.unreadCount", {})).toEqual({ unread: 1 });
    const ids = (await list(actor)).items.map(({ id }) => id);
    expect(await call(fenced, "notifications.deleteMany", { ids })).toMatchObject({ requested: 3, deleted: 1 });
    expect(await call(fenced, "notifications.markAllRead", {})).toMatchObject({ marked: 0 });
    expect((await list(actor)).unread).toBe(2);
  });

  test("a task deleted for good takes its notifications along (requirements S3-20)", async () => {
    const { actor } = await someone();
    const { id } = await call(actor, "tasks.create", { title: "T" });
    await run("DELETE FROM tasks WHERE id = $1", [id]);
    expect((await list(actor)).total).toBe(0);
  });
});
