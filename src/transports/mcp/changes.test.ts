import { describe, expect, test } from "vitest";
import { newId } from "#core/id.ts";
import { actorOf, makeProject } from "#testing/factories.ts";
import { type Called, type Connected, connected, tool, toolModern } from "#testing/mcp.ts";
import { auditOf, rowsOf, run } from "#testing/rows.ts";
import { applySettings } from "#testing/settings.ts";
import { call } from "#testing/wires.ts";

applySettings({ LIMIT_FACTOR: "1000" });

const all = ["tasks:read", "tasks:write", "tasks:delete"];
const add = async (who: Connected, title = "Order two vitrines") =>
  String((await tool(who, "create_task", { title, priority: 4 })).answer.id);
const many = (n: number) => ({
  tasks: Array.from({ length: n }, (_, at) => ({ title: `Step ${at + 1}`, priority: 3 })),
});
const codeOf = ({ meta }: Called) => (meta["mindflow/error"] as { code: string } | undefined)?.code;
/** Everything a person owns, with the tokens that wait for a yes. */
const stateOf = async ({ person }: Connected) => ({
  rows: await rowsOf(person.id),
  audit: await auditOf(person.id),
});
const deletedAt = async (id: string) =>
  (await run<{ deleted_at: string | null }>("SELECT deleted_at FROM tasks WHERE id = $1", [id]))[0]?.deleted_at;

describe("preview: true", () => {
  test("says what each change would do and writes nothing at all", async () => {
    const who = await connected({ scopes: all });
    const id = await add(who);
    const done = await add(who, "Done already");
    await tool(who, "complete_task", { id: done });
    const gone = await add(who, "Gone");
    const { operationId } = (await tool(who, "delete_task", { id: gone })).answer;
    expect(operationId).toBeNull();
    const { confirmation } = (await tool(who, "delete_task", { id: gone })).answer;
    await tool(who, "delete_task", { id: gone, confirmation });
    const undoable = (await tool(who, "update_task", { id, title: "Order three vitrines" })).answer.operationId;
    const before = await stateOf(who);
    const calls: [string, Record<string, unknown>, Record<string, unknown>][] = [
      ["create_task", { title: "New", priority: 3 }, { title: "New" }],
      ["create_tasks", many(50), { items: expect.arrayContaining([expect.objectContaining({ title: "Step 50" })]) }],
      ["update_task", { id, title: "Renamed" }, { title: "Renamed" }],
      ["complete_task", { id }, { status: "completed" }],
      ["reopen_task", { id: done }, { status: "pending" }],
      ["snooze_task", { id }, { snoozedUntil: expect.any(String) }],
      ["delete_task", { id }, { deletedAt: expect.any(String) }],
      ["restore_task", { id: gone }, { deletedAt: null }],
      ["undo", { id: undoable }, { undone: 1, skipped: [] }],
    ];
    for (const [name, args, outcome] of calls) {
      const told = await tool(who, name, { ...args, preview: true, operationKey: "k", reason: "Only looking." });
      expect([name, told.isError]).toEqual([name, false]);
      expect(told.answer).toMatchObject({ ...outcome, preview: true, operationId: null, replayed: false });
      expect(told.answer).not.toHaveProperty("confirmation");
      expect(told.said).toMatch(/^Nothing was changed\. This would happen:\n/);
    }
    expect(await stateOf(who)).toEqual(before);
    expect(
      await run("SELECT 1 FROM verification_tokens WHERE identifier LIKE $1", [`confirm:${who.grant.id}%`]),
    ).toEqual([]);
  });

  test("refuses what the change itself would refuse, without a trace", async () => {
    const who = await connected();
    const before = await stateOf(who);
    const refused = await tool(who, "create_task", { title: "", priority: 3, preview: true });
    expect(codeOf(refused)).toBe("VALIDATION_ERROR");
    expect(await stateOf(who)).toEqual(before);
  });

  test("shows what then happens, and the same key still does it", async () => {
    const who = await connected();
    const args = { title: "Once", priority: 2, operationKey: "plan-1" };
    const planned = (await tool(who, "create_task", { ...args, preview: true })).answer;
    const done = (await tool(who, "create_task", args)).answer;
    expect(done).toMatchObject({ title: planned.title, priority: planned.priority, replayed: false });
    const again = (await tool(who, "create_task", { ...args, preview: true })).answer;
    expect(again).toMatchObject({ preview: true, replayed: false, operationId: null });
    expect((await rowsOf(who.person.id)).tasks.count).toBe(1);
  });
});

describe("what weighs most is asked for first (security MC-07)", () => {
  test("delete_task at first shows the task and changes nothing; with the confirmation it is done, once", async () => {
    const who = await connected({ scopes: all });
    const id = await add(who);
    const before = await stateOf(who);
    const asked = await tool(who, "delete_task", { id });
    expect(asked.answer).toMatchObject({ id, preview: true, operationId: null, confirmation: expect.any(String) });
    expect(asked.said).toContain(`confirmation: "${asked.answer.confirmation}"`);
    expect(await stateOf(who)).toEqual(before);
    expect(await deletedAt(id)).toBeNull();
    const done = await tool(who, "delete_task", { id, confirmation: asked.answer.confirmation, reason: "You agreed." });
    expect(done.answer).toMatchObject({ id, deletedAt: expect.any(String), operationId: expect.any(String) });
    expect(done.answer).not.toHaveProperty("preview");
    const operations = await run("SELECT reason FROM operations WHERE capability = 'tasks.delete' AND user_id = $1", [
      who.person.id,
    ]);
    expect(operations).toEqual([{ reason: "You agreed." }]);
  });

  test("up to ten tasks are added at once, more are asked for", async () => {
    const who = await connected();
    expect((await tool(who, "create_tasks", many(10))).answer).toMatchObject({
      replayed: false,
      items: { length: 10 },
    });
    const asked = await tool(who, "create_tasks", many(11));
    expect(asked.answer).toMatchObject({ preview: true, items: { length: 11 } });
    expect((await rowsOf(who.person.id)).tasks.count).toBe(10);
    await tool(who, "create_tasks", { ...many(11), confirmation: asked.answer.confirmation });
    expect((await rowsOf(who.person.id)).tasks.count).toBe(21);
  });

  test("so is undoing more than ten at once", async () => {
    const who = await connected({ scopes: all });
    const { confirmation } = (await tool(who, "create_tasks", many(12))).answer;
    const { operationId } = (await tool(who, "create_tasks", { ...many(12), confirmation })).answer;
    const asked = (await tool(who, "undo", { id: operationId })).answer;
    expect(asked).toMatchObject({ undone: 12, preview: true });
    const left = "SELECT count(*)::int AS n FROM tasks WHERE user_id = $1 AND deleted_at IS NULL";
    expect(await run(left, [who.person.id])).toEqual([{ n: 12 }]);
    await tool(who, "undo", { id: operationId, confirmation: asked.confirmation });
    expect(await run(left, [who.person.id])).toEqual([{ n: 0 }]);
  });

  test("a tool that never asks takes no confirmation", async () => {
    const who = await connected();
    const refused = await tool(who, "create_task", { title: "x", priority: 3, confirmation: "x" });
    expect(refused.said).toContain("confirmation: This field does not exist.");
  });
});

describe("a confirmation (security MC-06)", () => {
  async function asked() {
    const who = await connected({ scopes: all });
    const [id, other] = [await add(who), await add(who, "Another")];
    const { confirmation } = (await tool(who, "delete_task", { id })).answer;
    return { who, id, other, confirmation: String(confirmation) };
  }
  const refused = async (outcome: Called, id: string) => {
    expect([outcome.status, codeOf(outcome)]).toEqual([200, "VALIDATION_ERROR"]);
    expect(outcome.said).toContain("confirmation: Is good once");
    expect(await deletedAt(id)).toBeNull();
  };

  test("that was tampered with is refused", async () => {
    const { who, id, confirmation } = await asked();
    const flipped = (confirmation.startsWith("A") ? "B" : "A") + confirmation.slice(1);
    for (const token of [flipped, "", " ", confirmation.slice(1), `${confirmation}x`, confirmation.toUpperCase()])
      for (const key of [{}, { operationKey: newId() }])
        await refused(await tool(who, "delete_task", { id, confirmation: token, ...key }), id);
  });

  test("for other arguments is refused", async () => {
    const { who, other, confirmation } = await asked();
    await refused(await tool(who, "delete_task", { id: other, confirmation }), other);
  });

  test("of another tool is refused", async () => {
    const { who, id, confirmation } = await asked();
    await refused(await tool(who, "create_tasks", { ...many(11), confirmation }), id);
    expect((await rowsOf(who.person.id)).tasks.count).toBe(2);
  });

  test("of another connection is refused: the same person's, and another person's", async () => {
    const { who, id, confirmation } = await asked();
    const sibling = await connected({ person: who.person, scopes: all });
    await refused(await tool(sibling, "delete_task", { id, confirmation }), id);
    const stranger = await connected({ scopes: all });
    expect(codeOf(await tool(stranger, "delete_task", { id, confirmation }))).toMatch(/VALIDATION_ERROR|NOT_FOUND/);
    expect(await deletedAt(id)).toBeNull();
  });

  test("older than ten minutes is refused, and swept away when the next one is made", async () => {
    const { who, id, other, confirmation } = await asked();
    const mine = `confirm:${who.grant.id}%`;
    await run("UPDATE verification_tokens SET expires = now() - interval '1 s' WHERE identifier LIKE $1", [mine]);
    await refused(await tool(who, "delete_task", { id, confirmation }), id);
    await tool(who, "delete_task", { id: other });
    expect(await run("SELECT 1 AS one FROM verification_tokens WHERE identifier LIKE $1", [mine])).toHaveLength(1);
  });

  test("used twice is refused, even at the same moment", async () => {
    const { who, id, confirmation } = await asked();
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => tool(who, "delete_task", { id, confirmation })));
    expect(outcomes.filter(({ isError }) => !isError)).toHaveLength(1);
    await call(actorOf(who.person), "tasks.restore", { id });
    await refused(await tool(who, "delete_task", { id, confirmation }), id);
  });

  test("used twice with one operationKey gives the stored answer", async () => {
    const { who, id, confirmation } = await asked();
    const args = { id, confirmation, operationKey: "delete-1" };
    const first = await tool(who, "delete_task", args);
    const again = await tool(who, "delete_task", args);
    expect(again.answer).toEqual({ ...first.answer, replayed: true });
    expect((await tool(who, "delete_task", { id, operationKey: "delete-1" })).answer).toEqual(again.answer);
  });

  test("is replaced by the next one for the same call: a person who said yes once, said it to one of them", async () => {
    const { who, id, confirmation } = await asked();
    const { confirmation: second } = (await tool(who, "delete_task", { id })).answer;
    await refused(await tool(who, "delete_task", { id, confirmation }), id);
    expect((await tool(who, "delete_task", { id, confirmation: second })).isError).toBe(false);
  });

  test("of a change that fails stays good", async () => {
    const { who, id, confirmation } = await asked();
    await run("UPDATE tasks SET deleted_at = now(), deleted_by = user_id WHERE id = $1", [id]);
    expect(codeOf(await tool(who, "delete_task", { id, confirmation }))).toBe("RESOURCE_NOT_FOUND");
    await run("UPDATE tasks SET deleted_at = NULL, deleted_by = NULL WHERE id = $1", [id]);
    expect((await tool(who, "delete_task", { id, confirmation })).isError).toBe(false);
  });

  test("is kept as a hash only", async () => {
    const { who, confirmation } = await asked();
    const kept = await run("SELECT identifier, token FROM verification_tokens WHERE identifier LIKE $1", [
      `confirm:${who.grant.id}%`,
    ]);
    expect(kept).toHaveLength(1);
    expect(JSON.stringify(kept)).not.toContain(confirmation);
  });
});

describe("create_tasks", () => {
  test("is one operation with a change for each, one notification, in the order given", async () => {
    const who = await connected();
    const done = await tool(who, "create_tasks", { ...many(3), reason: "The plan we made." });
    const items = done.answer.items as { id: string; title: string }[];
    expect(items.map(({ title }) => title)).toEqual(["Step 1", "Step 2", "Step 3"]);
    expect(done.said).toMatch(/^Added 3 tasks:\n1\. “Step 1”/);
    const journal = await run(
      `SELECT o.id, o.reason, o.actor, o.grant_id, array_agg(c.entity_id ORDER BY c.id) AS ids FROM operations o
        JOIN changes c ON c.operation_id = o.id WHERE o.user_id = $1 GROUP BY o.id`,
      [who.person.id],
    );
    expect(journal).toEqual([
      {
        id: done.answer.operationId,
        reason: "The plan we made.",
        actor: "assistant",
        grant_id: who.grant.id,
        ids: items.map(({ id }) => id),
      },
    ]);
    const told = await run("SELECT message FROM notifications WHERE user_id = $1 AND type = 'TASK_CREATED'", [
      who.person.id,
    ]);
    expect(told).toEqual([{ message: "Aide added “Step 1” and 2 more." }]);
  });

  test("adds all or none: one bad task, and one project that is not there, stop all", async () => {
    const who = await connected();
    const foreign = await makeProject((await connected()).person);
    const before = await rowsOf(who.person.id);
    const bad = [
      [{ title: "", priority: 3 }, "tasks.1.title: "],
      [{ title: "No priority" }, "tasks.1.priority: "],
      [{ title: "x", priority: 3, surprise: 1 }, "tasks.1.surprise: "],
      [{ title: "x", priority: 3, projectId: foreign }, "tasks.1.projectId: There is no such project."],
      [{ title: "x", priority: 3, dueTime: "10:00" }, "tasks.1.dueTime: Only goes with dueDate."],
    ] as const;
    for (const [task, complaint] of bad) {
      const refused = await tool(who, "create_tasks", { tasks: [{ title: "Good", priority: 3 }, task] });
      expect([codeOf(refused), refused.said]).toEqual(["VALIDATION_ERROR", expect.stringContaining(complaint)]);
    }
    for (const tasks of [[], many(51).tasks])
      expect(codeOf(await tool(who, "create_tasks", { tasks }))).toBe("VALIDATION_ERROR");
    expect(await rowsOf(who.person.id)).toEqual(before);
  });
});

describe("the same call again", () => {
  test("after the connection was cut: one task, and the stored answer (security MC-11)", async () => {
    const who = await connected();
    const args = { title: "Pay the invoice", priority: 5, operationKey: "turn-7" };
    // The first answer never arrives; the client asks again under a new id, in the other protocol.
    await tool(who, "create_task", args);
    const again = await toolModern(who, "create_task", args);
    expect(again.answer).toMatchObject({ title: "Pay the invoice", replayed: true, operationId: expect.any(String) });
    expect((await rowsOf(who.person.id)).tasks.count).toBe(1);
    const both = await Promise.all(
      [1, 2, 3, 4].map(() => tool(who, "create_task", { ...args, operationKey: "turn-8" })),
    );
    expect(new Set(both.map(({ answer }) => answer.id)).size).toBe(1);
    expect((await rowsOf(who.person.id)).tasks.count).toBe(2);
  });

  test("of another connection is another call", async () => {
    const who = await connected();
    const sibling = await connected({ person: who.person });
    const args = { title: "x", priority: 3, operationKey: "same" };
    const first = await tool(who, "create_task", args);
    const second = await tool(sibling, "create_task", args);
    expect(second.answer.replayed).toBe(false);
    expect(second.answer.id).not.toBe(first.answer.id);
  });

  test("tells nothing any more to whom the permission was taken from", async () => {
    const who = await connected();
    const args = { title: "x", priority: 3, operationKey: "k" };
    await tool(who, "create_task", args);
    await run("UPDATE grants SET scopes = '{tasks:read}' WHERE id = $1", [who.grant.id]);
    expect(codeOf(await tool(who, "create_task", args))).toBe("FORBIDDEN");
    expect((await toolModern(who, "create_task", args)).status).toBe(403);
  });

  test("tells nothing of tasks that left the fence, or that a fence now hides", async () => {
    const who = await connected();
    const projectId = await makeProject(who.person);
    const inside = { title: "Inside", priority: 3, projectId, operationKey: "in" };
    const outside = { title: "Outside", priority: 3, operationKey: "out" };
    const several = {
      tasks: [
        { title: "a", priority: 3, projectId },
        { title: "b", priority: 3 },
      ],
      operationKey: "many",
    };
    const { id } = (await tool(who, "create_task", inside)).answer;
    await tool(who, "create_task", outside);
    await tool(who, "create_tasks", several);
    await run("UPDATE grants SET projects = $2::uuid[] WHERE id = $1", [who.grant.id, [projectId]]);
    expect((await tool(who, "create_task", inside)).answer).toMatchObject({ id, replayed: true });
    expect(codeOf(await tool(who, "create_task", outside))).toBe("RESOURCE_NOT_FOUND");
    expect(codeOf(await tool(who, "create_tasks", several))).toBe("RESOURCE_NOT_FOUND");
    await run("UPDATE tasks SET project_id = NULL WHERE id = $1", [id]);
    expect(codeOf(await tool(who, "create_task", inside))).toBe("RESOURCE_NOT_FOUND");
  });
});

describe("the first change of a connection", () => {
  const firsts = (who: Connected) =>
    run<{ message: string; grant_id: string }>(
      "SELECT message, grant_id FROM notifications WHERE user_id = $1 AND type = 'ASSISTANT_FIRST_WRITE'",
      [who.person.id],
    );

  test("is told to the person once, and stands at the connection; reads, previews and refusals are none", async () => {
    const who = await connected({ clientName: "Aide" });
    await tool(who, "list_tasks");
    await tool(who, "create_task", { title: "x", priority: 3, preview: true });
    await tool(who, "create_task", { title: "", priority: 3 });
    expect(await firsts(who)).toEqual([]);
    await Promise.all(["a", "b", "c"].map((title) => tool(who, "create_task", { title, priority: 3 })));
    expect(await firsts(who)).toEqual([{ message: expect.stringMatching(/^Aide /), grant_id: who.grant.id }]);
    const [grant] = await run<{ first_write_at: string }>("SELECT first_write_at FROM grants WHERE id = $1", [
      who.grant.id,
    ]);
    expect(grant?.first_write_at).toEqual(expect.any(String));
    await tool(await connected({ person: who.person, clientName: "Other" }), "create_task", {
      title: "d",
      priority: 3,
    });
    expect(await firsts(who)).toHaveLength(2);
  });
});

test("undo takes back what the same connection did, nothing of anybody else (security MC-08)", async () => {
  const who = await connected({ scopes: all });
  const sibling = await connected({ person: who.person, scopes: all });
  const made = await tool(who, "create_task", { title: "x", priority: 3 });
  expect(codeOf(await tool(sibling, "undo", { id: made.answer.operationId }))).toBe("RESOURCE_NOT_FOUND");
  const undone = await tool(who, "undo", { id: made.answer.operationId });
  expect(undone.answer).toMatchObject({ undone: 1, skipped: [] });
  expect(await deletedAt(String(made.answer.id))).not.toBeNull();
  expect(codeOf(await tool(who, "undo", { id: newId() }))).toBe("RESOURCE_NOT_FOUND");
});

test("undoing an addition asks for the permission to delete, in the words of each protocol", async () => {
  const who = await connected();
  const { operationId } = (await tool(who, "create_task", { title: "x", priority: 3 })).answer;
  const modern = await toolModern(who, "undo", { id: operationId });
  expect([modern.status, modern.headers.get("www-authenticate")]).toEqual([
    403,
    expect.stringContaining('error="insufficient_scope"'),
  ]);
  expect(modern.headers.get("www-authenticate")).toContain('scope="tasks:read tasks:write tasks:delete"');
  const legacy = await tool(who, "undo", { id: operationId });
  expect(legacy.meta["mcp/www_authenticate"]).toEqual([modern.headers.get("www-authenticate")]);
});
