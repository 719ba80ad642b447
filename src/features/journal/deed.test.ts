import { describe, expect, test } from "vitest";
import type { Where } from "#ui/format.ts";
import { deedOf, differenceOf } from "./components/deed.ts";
import { messages } from "./messages.ts";
import type { ChangeEntry } from "./schema.ts";

const where: Where = { locale: "en-GB", zone: "Asia/Kathmandu", now: Date.parse("2026-11-21T09:00:00Z") };
const entry = (values: Partial<ChangeEntry>): ChangeEntry => ({
  kind: "change",
  id: "01a1fe93-1927-735a-94e3-73f96363b2f7",
  actor: "assistant",
  via: "assistant",
  clientId: "c",
  clientName: "Claude",
  grantId: "01a1fe93-1927-735a-94e3-73f96363b2f8",
  color: 0,
  capability: "tasks.update",
  entity: "task",
  entityId: "01a1fe93-1927-735a-94e3-73f96363b2f9",
  subject: "Call Ana",
  subjectBefore: null,
  changed: [],
  changeCount: 1,
  reason: null,
  requestId: "r",
  status: "done",
  undoes: null,
  undoesName: null,
  undoneBy: null,
  undoneAt: null,
  createdAt: "2026-11-21T08:00:00Z",
  fieldBefore: null,
  fieldAfter: null,
  ...values,
});
const said = (values: Partial<ChangeEntry>, brief = false) => {
  const { before, object, after, result } = deedOf(entry(values), where, brief);
  return [before, `[${object}]`, after, result && `[${result}]`].filter(Boolean).join(" ");
};

describe("an entry as a sentence", () => {
  test.each<[Partial<ChangeEntry>, string]>([
    [{ capability: "tasks.create" }, "added [Call Ana]"],
    [{ capability: "tasks.createMany", changeCount: 8 }, "added [8 tasks]"],
    [{ capability: "tasks.complete" }, "completed [Call Ana]"],
    [{ capability: "tasks.delete" }, "moved [Call Ana] to the trash"],
    [{ capability: "tasks.delete", changeCount: 3 }, "moved [3 tasks] to the trash"],
    [{ subjectBefore: "Call Ben", changed: ["title"] }, "renamed [Call Ben] to [Call Ana]"],
    [{ changed: ["due_date"], fieldBefore: "2026-11-26", fieldAfter: "2026-11-21" }, "moved [Call Ana] to today"],
    [{ changed: ["due_at", "due_zone"], fieldAfter: "2026-12-03T04:15:00Z" }, "moved [Call Ana] to 3 Dec 10:00"],
    [{ changed: ["due_date"], fieldBefore: "2026-11-26" }, "took the due date from [Call Ana]"],
    [{ changed: ["priority"], fieldBefore: "3", fieldAfter: "5" }, "set [Call Ana] to Highest"],
    [{ changed: ["due_date", "tags", "title"] }, "changed the due date, tags, and title of [Call Ana]"],
    [{ changed: ["something_new"] }, "changed [Call Ana]"],
    [
      { capability: "profile.update", entity: "profile", subject: "Mara", changed: ["theme"] },
      "changed the theme of [Mara] ’s profile",
    ],
    [{ capability: "operations.undo" }, "undid a change of [Call Ana]"],
    [{ capability: "operations.undo", undoesName: "Claude" }, "undid a change of [Call Ana] by Claude"],
    [{ capability: "assistants.undo", changeCount: 8, undoesName: "Claude" }, "undid [8 changes] by Claude"],
    [
      { capability: "assistants.disconnectAndUndo", changeCount: 1, undoesName: "Claude" },
      "disconnected Claude and undid [1 change]",
    ],
  ])("%o", (values, sentence) => {
    expect(said(values)).toBe(sentence);
  });

  test("does not say again what stands beside it", () => {
    const dated = { changed: ["due_date"], fieldBefore: "2026-11-26", fieldAfter: "2026-11-21" };
    expect(said(dated, true)).toBe("rescheduled [Call Ana]");
    expect(differenceOf(entry(dated), where)).toEqual(["Thursday", "Today"]);
    const first = { changed: ["due_date"], fieldAfter: "2026-11-22" };
    expect(differenceOf(entry(first), where)).toEqual(["no date", "Tomorrow"]);
    expect(said({ changed: ["priority"], fieldBefore: "3", fieldAfter: "5" }, true)).toBe(
      "changed the priority of [Call Ana]",
    );
    expect(differenceOf(entry({ changed: ["estimate_minutes"], fieldBefore: "30" }), where)).toEqual([
      "30 min",
      "no estimate",
    ]);
  });

  test.each<Partial<ChangeEntry>>([
    { changed: ["due_date", "title"] },
    { changed: ["title"], fieldBefore: "A", fieldAfter: "B" },
    { changed: ["due_date"], fieldAfter: "2026-11-21", changeCount: 2 },
    { entity: "profile", changed: ["theme"], fieldBefore: "dark", fieldAfter: "light" },
  ])("%o has no difference to show", (values) => {
    expect(differenceOf(entry(values), where)).toBeNull();
  });
});

test("a refusal is said in words that a person understands, never by a code", () => {
  for (const code of [
    "FORBIDDEN",
    "RESOURCE_NOT_FOUND",
    "CONFLICT",
    "VALIDATION_ERROR",
    "RATE_LIMIT_EXCEEDED",
    "X",
    null,
  ])
    for (const capability of ["tasks.delete", "nothing.known"])
      expect(messages.why(capability, code)).toMatch(/^[a-z][a-z ,]+$/);
});

test("what stays is named, but not without end", () => {
  const skipped = Array.from({ length: 5 }, (_, n) => ({ label: `Task ${n}` }));
  expect(messages.outcome(7, [])).toBe("7 undone.");
  expect(messages.outcome(0, [])).toBe("Nothing was left to undo.");
  expect(messages.outcome(7, skipped.slice(0, 1))).toBe(
    "7 undone. 1 stays as it is because it was changed later: “Task 0”.",
  );
  expect(messages.outcome(7, skipped)).toBe(
    "7 undone. 5 stay as they are because they were changed later: “Task 0”, “Task 1”, “Task 2” and 2 more.",
  );
});
