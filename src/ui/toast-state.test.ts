import { describe, expect, test } from "vitest";
import { hideToast, noToast, showToast } from "./toast-state.ts";

const [first, second] = [() => undefined, () => undefined];
const many = (n: number) => `${n} tasks completed`;

describe("the one toast", () => {
  test("newest wins", () => {
    const state = showToast(showToast(noToast, { text: "One" }), { text: "Two" });
    expect(state.shown?.text).toBe("Two");
    expect(hideToast(state, state.shown?.id ?? 0).shown).toBeNull();
  });

  test("the act done last is told, even when the answer to an earlier one comes after it", () => {
    const later = showToast(noToast, { text: "Completed “A”", kind: "complete", since: 2 });
    expect(showToast(later, { text: "Added “B”", since: 1 }).shown?.text).toBe("Completed “A”");
    expect(showToast(later, { text: "Added “B”", since: 3 }).shown?.text).toBe("Added “B”");
    expect(showToast(later, { text: "Could not save", tone: "error", since: 1 }).shown?.text).toBe("Could not save");
  });

  test("acts of one kind are counted, and undone together", () => {
    const one = showToast(noToast, { text: "Completed “A”", kind: "complete", many, undo: first });
    const two = showToast(one, { text: "Completed “B”", kind: "complete", many, undo: second });
    expect(two.shown).toMatchObject({ text: "2 tasks completed", count: 2, undos: [first, second] });
  });

  test("another kind starts anew", () => {
    const one = showToast(noToast, { text: "Completed “A”", kind: "complete", many, undo: first });
    expect(showToast(one, { text: "Snoozed “B”", kind: "snooze", undo: second }).shown).toMatchObject({
      count: 1,
      undos: [second],
    });
  });

  test("an error stays until closed, even when something else was said in between", () => {
    const error = showToast(noToast, { text: "Could not save", tone: "error" });
    const covered = showToast(error, { text: "Added" });
    expect(covered.shown?.text).toBe("Added");
    const back = hideToast(covered, covered.shown?.id ?? 0);
    expect(back.shown?.text).toBe("Could not save");
    expect(hideToast(back, back.shown?.id ?? 0).shown).toBeNull();
  });

  test("a newer error takes the place of an older one, and a late close hits nothing else", () => {
    const state = showToast(showToast(noToast, { text: "Old", tone: "error" }), { text: "New", tone: "error" });
    expect(state).toMatchObject({ shown: { text: "New" }, waiting: null });
    expect(hideToast(state, 1)).toBe(state);
  });
});
