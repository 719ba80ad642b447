import { describe, expect, test } from "vitest";
import type { Task } from "../schema.ts";
import {
  type Act,
  applyAct,
  dueDay,
  groupOf,
  isOverdue,
  isSnoozed,
  nextMonday,
  parseTags,
  snoozePresets,
} from "./act.ts";

const zone = "Pacific/Chatham";
// Friday 20 November 2026, 09:12 in the Chatham Islands (UTC+13:45).
const now = Date.parse("2026-11-19T19:27:00Z");

const task: Task = {
  id: "01a1fe06-3c52-70cd-8ad8-120abe60ae69",
  title: "Call Ana",
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
  createdAt: "2026-11-01T00:00:00.000Z",
  updatedAt: "2026-11-01T00:00:00.000Z",
};
const at = new Date(now).toISOString();
const later = "2026-11-20T00:00:00.000Z";

describe("what an act will look like", () => {
  test.each<[Act, Partial<Task>]>([
    [
      { kind: "complete", task: { ...task, snoozedUntil: later } },
      { status: "completed", completedAt: at, snoozedUntil: null },
    ],
    [
      { kind: "reopen", task: { ...task, status: "completed", completedAt: at } },
      { status: "pending", completedAt: null },
    ],
    [{ kind: "delete", task }, { deletedAt: at }],
    [{ kind: "restore", task: { ...task, deletedAt: at } }, { deletedAt: null }],
    [{ kind: "snooze", task, until: later }, { snoozedUntil: later }],
    [{ kind: "wake", task: { ...task, snoozedUntil: later } }, { snoozedUntil: null }],
    [
      { kind: "start", task },
      { status: "in_progress", startedAt: at },
    ],
    [
      { kind: "start", task: { ...task, startedAt: later } },
      { status: "in_progress", startedAt: later },
    ],
    [{ kind: "stop", task: { ...task, status: "in_progress" } }, { status: "pending" }],
    [{ kind: "update", task, patch: { priority: 5 } }, { priority: 5 }],
    [
      { kind: "update", task: { ...task, dueAt: later, dueZone: zone }, patch: { dueDate: "2026-11-23" } },
      { dueDate: "2026-11-23", dueAt: null, dueZone: null },
    ],
  ])("%j", (act, expected) => {
    expect(applyAct(act, now)).toEqual({ ...act.task, ...expected });
  });
});

describe("when a task is due, seen from the person's zone", () => {
  test("an instant falls on the day it is there", () => {
    expect(dueDay({ ...task, dueAt: "2026-11-20T12:00:00.000Z" }, zone)).toBe("2026-11-21");
    expect(dueDay({ ...task, dueDate: "2026-11-20" }, zone)).toBe("2026-11-20");
    expect(dueDay(task, zone)).toBeNull();
  });

  test("a day is late once it is over, a time once it has passed, and nothing completed ever is", () => {
    expect(isOverdue({ ...task, dueDate: "2026-11-19" }, zone, now)).toBe(true);
    expect(isOverdue({ ...task, dueDate: "2026-11-20" }, zone, now)).toBe(false);
    expect(isOverdue({ ...task, dueAt: "2026-11-19T19:26:00.000Z" }, zone, now)).toBe(true);
    expect(isOverdue({ ...task, dueAt: "2026-11-19T19:28:00.000Z" }, zone, now)).toBe(false);
    expect(isOverdue({ ...task, dueDate: "2026-11-01", status: "completed" }, zone, now)).toBe(false);
    expect(isOverdue(task, zone, now)).toBe(false);
  });

  test("an expired snooze is simply over", () => {
    expect(isSnoozed({ ...task, snoozedUntil: later }, now)).toBe(true);
    expect(isSnoozed({ ...task, snoozedUntil: "2026-11-19T00:00:00.000Z" }, now)).toBe(false);
    expect(isSnoozed({ ...task, snoozedUntil: later, status: "completed" }, now)).toBe(false);
  });

  test("a task stands under one heading", () => {
    const group = (part: Partial<Task>, view: "today" | "all" | "inbox" | "trash") =>
      groupOf({ ...task, ...part }, view, zone, now);
    expect(group({ dueDate: "2026-11-19" }, "today")).toBe("overdue");
    expect(group({ dueDate: "2026-11-20" }, "today")).toBe("today");
    expect(group({ dueDate: "2026-11-20", snoozedUntil: later }, "today")).toBe("later");
    expect(group({ dueDate: "2026-11-19", status: "completed" }, "today")).toBe("later");
    expect(group({ snoozedUntil: later }, "all")).toBe("snoozed");
    expect(group({}, "all")).toBe("open");
    expect(group({}, "inbox")).toBe("open");
    expect(group({}, "trash")).toBe("open");
  });
});

describe("snooze presets", () => {
  const presets = (instant: string, inZone = zone) =>
    snoozePresets(inZone, Date.parse(instant)).map(({ id, until }) => `${id} ${until}`);

  test("on a Friday morning: later today, this evening, tomorrow, Monday", () => {
    expect(presets("2026-11-19T19:27:00Z")).toEqual([
      "laterToday 2026-11-19T22:00:00.000Z",
      "tonight 2026-11-20T04:15:00.000Z",
      "tomorrow 2026-11-20T19:15:00.000Z",
      "nextWeek 2026-11-22T19:15:00.000Z",
    ]);
  });

  test("in the week there is also Saturday; late in the evening nothing of today is left", () => {
    expect(presets("2026-11-18T22:00:00Z", "UTC")).toEqual([
      "tomorrow 2026-11-19T09:00:00.000Z",
      "weekend 2026-11-21T09:00:00.000Z",
      "nextWeek 2026-11-23T09:00:00.000Z",
    ]);
  });

  test("on a Sunday tomorrow is Monday, so it is offered once", () => {
    expect(presets("2026-11-22T22:00:00Z", "UTC")).toEqual(["tomorrow 2026-11-23T09:00:00.000Z"]);
  });

  test("every preset lies ahead, whatever the hour", () => {
    for (let hour = 0; hour < 24 * 7; hour++) {
      const instant = Date.parse("2026-03-23T00:30:00Z") + hour * 3_600_000;
      for (const { until } of snoozePresets("Europe/Berlin", instant))
        expect(Date.parse(until)).toBeGreaterThan(instant);
    }
  });
});

test("next Monday is never today", () => {
  expect(nextMonday("2026-11-20")).toBe("2026-11-23");
  expect(nextMonday("2026-11-22")).toBe("2026-11-23");
  expect(nextMonday("2026-11-23")).toBe("2026-11-30");
});

test("tags are split at commas, lose their sign, and count once whatever their case", () => {
  expect(parseTags(" #office, Paper ,, office,paper ")).toEqual(["office", "Paper"]);
  expect(parseTags("")).toEqual([]);
});
