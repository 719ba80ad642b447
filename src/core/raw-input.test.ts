import { describe, expect, test } from "vitest";
import type { AppError } from "./errors.ts";
import { checkRawInput, rawLimits } from "./raw-input.ts";

const refusal = (raw: unknown): AppError | null => {
  try {
    checkRawInput(raw);
    return null;
  } catch (error) {
    return error as AppError;
  }
};
const nested = (depth: number, innermost: unknown = 1): unknown =>
  depth === 0 ? innermost : { a: nested(depth - 1, innermost) };
const nestedArrays = (depth: number): unknown => (depth === 0 ? 1 : [nestedArrays(depth - 1)]);

describe("raw input (requirements S2-14)", () => {
  test("exactly the bytes allowed pass, one more is too large", () => {
    // The key weighs one byte.
    expect(refusal({ a: "x".repeat(rawLimits.bytes - 1) })).toBeNull();
    expect(refusal({ a: "x".repeat(rawLimits.bytes) })).toMatchObject({ code: "PAYLOAD_TOO_LARGE" });
  });

  test("bytes are those of UTF-8, keys included", () => {
    expect(refusal({ a: "€".repeat(Math.floor((rawLimits.bytes - 1) / 3)) })).toBeNull();
    expect(refusal({ a: "€".repeat(Math.ceil(rawLimits.bytes / 3)) })).toMatchObject({ code: "PAYLOAD_TOO_LARGE" });
    expect(refusal({ ["k".repeat(rawLimits.bytes)]: "1" })).toMatchObject({ code: "PAYLOAD_TOO_LARGE" });
  });

  test("many small strings weigh together", () => {
    const many = (length: number) => Array.from({ length: 64 }, () => "x".repeat(length));
    expect(refusal(many(1022))).toBeNull();
    expect(refusal(many(1025))).toMatchObject({ code: "PAYLOAD_TOO_LARGE" });
  });

  test.each([nested, nestedArrays])("exactly the depth allowed passes, one more is too deep", (make) => {
    expect(refusal(make(rawLimits.depth))).toBeNull();
    expect(refusal(make(rawLimits.depth + 1))).toMatchObject({ code: "PAYLOAD_TOO_LARGE" });
  });

  test("depth is walked without recursion: a million levels do no harm", () => {
    let deep: unknown = 1;
    for (let level = 0; level < 1_000_000; level++) deep = [deep];
    expect(refusal(deep)).toMatchObject({ code: "PAYLOAD_TOO_LARGE" });
  });

  test("exactly the keys allowed pass, one more is too many", () => {
    const wide = (keys: number) => Object.fromEntries(Array.from({ length: keys }, (_, n) => [`k${n}`, n]));
    expect(refusal(wide(rawLimits.keys))).toBeNull();
    expect(refusal(wide(rawLimits.keys + 1))).toMatchObject({ code: "PAYLOAD_TOO_LARGE" });
    expect(refusal(Array.from({ length: rawLimits.keys + 1 }, () => 1))).toBeNull();
  });

  test("exactly the values allowed pass, one more is too many", () => {
    expect(refusal(Array.from({ length: rawLimits.nodes - 1 }, () => 1))).toBeNull();
    expect(refusal(Array.from({ length: rawLimits.nodes }, () => 1))).toMatchObject({ code: "PAYLOAD_TOO_LARGE" });
  });

  test.each(["__proto__", "prototype", "constructor"])("the key %s is refused by name, at any depth", (key) => {
    for (const json of [`{"${key}": 1}`, `{"a": [{"${key}": {"polluted": true}}]}`])
      expect(refusal(JSON.parse(json))).toMatchObject({
        code: "VALIDATION_ERROR",
        details: [{ field: key, message: "This key is not allowed." }],
      });
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test.each([null, undefined, true, 1, Number.NaN, "text", {}, [], { a: null }])(
    "%j weighs little and passes",
    (raw) => {
      expect(refusal(raw)).toBeNull();
    },
  );
});
