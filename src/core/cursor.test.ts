import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeCursor, encodeCursor } from "./cursor.ts";
import { newId } from "./id.ts";

const raw = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const id = newId();
const instant = "2026-11-21T10:00:00.000Z";
const refused = expect.objectContaining({
  code: "VALIDATION_ERROR",
  details: [expect.objectContaining({ field: "cursor" })],
});

describe("cursors", () => {
  test.each([instant, "infinity", "0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z"])(
    "the instant %s comes back",
    (key) => {
      expect(decodeCursor(encodeCursor(key, id), "instant")).toEqual([key, id]);
    },
  );

  test.each([1, 5, 0, -32_767, 32_767])("the number %i comes back", (key) => {
    expect(decodeCursor(encodeCursor(key, id), "number")).toEqual([key, id]);
  });

  test.each([
    ["nothing", ""],
    ["no base64", "%%%%"],
    ["no JSON", Buffer.from("{").toString("base64url")],
    ["null", raw(null)],
    ["an object", raw({ 0: instant, 1: id, length: 2 })],
    ["too short", raw([instant])],
    ["too long", raw([instant, id, 1])],
    ["no id", raw([instant, "x"])],
    ["an id that is a number", raw([instant, 5])],
    ["an id in upper case", raw([instant, id.toUpperCase()])],
    ["an id with more after it", raw([instant, `${id}'--`])],
    ["no instant", raw(["yesterday", id])],
    ["a day that does not exist", raw(["2026-13-01T00:00:00.000Z", id])],
    ["the year zero, which Postgres does not know", raw(["0000-01-01T00:00:00.000Z", id])],
    ["an instant before it", raw(["-infinity", id])],
    ["an instant without milliseconds", raw(["2026-11-21T10:00:00Z", id])],
    ["a number in a list by time", raw([5, id])],
  ])("%s is refused by name", (_, cursor) => {
    expect(() => decodeCursor(cursor, "instant")).toThrow(refused);
  });

  test.each([[1.5], [32_768], [-32_768], [1e300], ["5"], [null], [instant], [[5]]])(
    "%j is no key of a list by number",
    (key) => {
      expect(() => decodeCursor(raw([key, id]), "number")).toThrow(refused);
    },
  );

  test("no text whatever does anything but decode or name the cursor", () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 200 }),
        fc.constantFrom("instant" as const, "number" as const),
        (text, kind) => {
          for (const cursor of [text, Buffer.from(text).toString("base64url")])
            expect(() => decodeCursor(cursor, kind)).toThrow(refused);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
