import { expect, test } from "vitest";
import { inTurn } from "./turns.ts";

const tick = () => new Promise((resolve) => setImmediate(resolve));

test("four of a line at once, the others in order, and all of them come to their turn", async () => {
  let [running, most] = [0, 0];
  const order: number[] = [];
  const waited = await Promise.all(
    Array.from({ length: 50 }, (_, n) =>
      inTurn("a", async (hasWaited) => {
        order.push(n);
        most = Math.max(most, ++running);
        await tick();
        running--;
        return hasWaited;
      }),
    ),
  );
  expect([most, running]).toEqual([4, 0]);
  expect(order).toEqual([...order].sort((a, b) => a - b));
  expect(waited.filter(Boolean)).toHaveLength(46);
});

test("a failure gives its place on, and lines know nothing of each other", async () => {
  const gate = Promise.withResolvers<void>();
  const held = Array.from({ length: 4 }, () => inTurn("b", () => gate.promise));
  const after = inTurn("b", async () => "after");
  expect(await inTurn("c", async (hasWaited) => hasWaited)).toBe(false);
  gate.reject(new Error("broken"));
  for (const one of held) await expect(one).rejects.toThrow("broken");
  expect(await after).toBe("after");
  expect(await inTurn("b", async (hasWaited) => hasWaited)).toBe(false);
});
