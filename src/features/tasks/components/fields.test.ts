import { expect, test } from "vitest";
import type { Task } from "../schema.ts";
import { differing, fieldsOf, patchOf } from "./fields.ts";

const zone = "Asia/Kathmandu";
const task = {
  title: "Send the budget",
  description: null,
  priority: 4,
  dueDate: null,
  dueAt: "2026-11-20T18:30:00.000Z",
  estimateMinutes: 45,
  tags: ["q3", "money"],
} as unknown as Task;

test("a due time stands in the fields as the person's own day and clock", () => {
  expect(fieldsOf(task, zone)).toEqual({
    title: "Send the budget",
    description: "",
    priority: "4",
    dueDate: "2026-11-21",
    dueTime: "00:15",
    estimateMinutes: "45",
    tags: "q3, money",
  });
});

test("a due day has no time, and what is not set is empty", () => {
  const fields = fieldsOf({ ...task, dueAt: null, dueDate: "2026-11-20", estimateMinutes: null, tags: [] }, zone);
  expect([fields.dueDate, fields.dueTime, fields.estimateMinutes, fields.tags]).toEqual(["2026-11-20", "", "", ""]);
  expect(fieldsOf({ ...task, dueAt: null }, zone).dueDate).toBe("");
});

test("spaces at the ends and between tags are no difference", () => {
  const base = fieldsOf(task, zone);
  expect(differing({ ...base, title: " Send the budget ", tags: "q3,money," }, base)).toEqual([]);
  expect(differing({ ...base, title: "Send it", tags: "q3" }, base)).toEqual(["title", "tags"]);
});

test("only what was changed is sent, so a due time that was not touched keeps its zone", () => {
  const base = fieldsOf(task, zone);
  expect(patchOf({ ...base, title: "Send it" }, base)).toEqual({ title: "Send it" });
  expect(patchOf(base, base)).toEqual({});
});

test("a changed field is sent as the capability takes it, an emptied one as null", () => {
  const base = fieldsOf({ ...task, description: "Old" }, zone);
  expect(
    patchOf(
      {
        title: "New",
        description: "",
        priority: "5",
        dueDate: "2026-12-01",
        dueTime: "",
        estimateMinutes: "",
        tags: "a, b",
      },
      base,
    ),
  ).toEqual({
    title: "New",
    description: null,
    priority: 5,
    dueDate: "2026-12-01",
    estimateMinutes: null,
    tags: ["a", "b"],
  });
  expect(patchOf({ ...base, dueDate: "" }, base)).toEqual({ dueDate: null, dueAt: null });
  expect(patchOf({ ...base, dueTime: "17:00", estimateMinutes: "30", description: "More" }, base)).toEqual({
    description: "More",
    dueDate: "2026-11-21",
    dueTime: "17:00",
    estimateMinutes: 30,
  });
});
