import { z } from "zod";
import type { Capability } from "#core/capability.ts";
import type { Random } from "./random.ts";

export type Field = {
  type?: string;
  anyOf?: Field[];
  enum?: unknown[];
  format?: string;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  maxItems?: number;
  items?: Field;
};

/** The fields of a capability's input as JSON Schema tells them. */
export function fieldsOf({ input }: Capability): { fields: [string, Field][]; required: string[] } {
  const { properties = {}, required = [] } = z.toJSONSchema(input, { io: "input", unrepresentable: "any" });
  return { fields: Object.entries(properties) as [string, Field][], required };
}

/** Well-formed controls work in every encoding; half a character only survives in JSON. */
const unstorable = ["a\u0000b", "\u0001", "x\u007f", "\u0085y"];
const byFormat: Record<string, readonly string[]> = {
  uuid: ["x", "019aa000", "019aa000-0000-7000-8000-00000000000g", "' OR 1=1 --", "null", "-1"],
  date: ["2026-02-30", "24.11.2026", "0000-01-01", "9999-12-31", "10000-01-01", "infinity", "now"],
  "date-time": [
    "tomorrow",
    "2026-11-24T25:00:00Z",
    "2026-11-24T10:00:00",
    "0000-01-01T00:00:00Z",
    "9999-12-31T23:59:59-14:00",
    "infinity",
  ],
};

function badTexts(schema: Field, random: Random): string[] {
  const { format = "", pattern, maxLength } = schema;
  if (schema.enum) return ["nope", "INBOX", "toString", "__proto__", ...unstorable];
  const found = [...(byFormat[format] ?? []), ...unstorable];
  if (pattern?.includes("[0-5]") && !byFormat[format]) found.push("25:00", "noon", "1:5");
  if (maxLength !== undefined) found.push("x".repeat(maxLength + 1 + random.below(50)), "😀".repeat(maxLength + 1));
  return found;
}

/**
 * A value that this field must refuse.
 * @param textual for query strings and forms, where everything is text and half characters cannot be sent
 */
export function badValue(schema: Field, random: Random, textual: boolean): unknown {
  const options = schema.anyOf ?? [schema];
  const of = (type: string) => options.find((option) => option.type === type);
  const bad: unknown[] = [];
  const [text, whole, list] = [of("string"), of("integer") ?? of("number"), of("array")];
  if (text) bad.push(...badTexts(text, random));
  if (text && !textual) bad.push("\ud800", "x\udc00y", 5, true, [], {}, ["x"]);
  if (whole) {
    const { minimum = -(2 ** 31), maximum = 2 ** 31 } = whole;
    bad.push(
      textual ? "abc" : "3",
      1.5,
      minimum - 1,
      maximum + 1,
      ...(textual ? ["1e9", "0x10", " 1"] : [true, [], {}, 1e308]),
    );
  }
  if (list) {
    const many = Array.from({ length: (list.maxItems ?? 100) + 1 }, (_, n) => `t${n}`);
    bad.push(many, [badValue(list.items ?? {}, random, textual)]);
    if (!textual) bad.push("x", 5, {}, [null], [["x"]]);
  }
  if (of("boolean")) bad.push(...(textual ? ["maybe", "1", "TRUE"] : ["true", 1, 0, [], {}]));
  if (!of("null") && !textual) bad.push(null);
  if (!text && of("null")) bad.push(...(textual ? ["x"] : ["x", 0, false]));
  return random.pick(bad);
}

/** A key that no input has. */
export const unknownKey = (random: Random): string =>
  random.pick([
    "surprise",
    "userId",
    "user_id",
    "isAdmin",
    "__proto__",
    "constructor",
    "prototype",
    "toString",
    "ID",
    "title ",
    "x".repeat(300),
    "ключ",
  ]);

/** Sets a key as JSON.parse would: `__proto__` becomes a field, not a prototype. */
export function withKey(input: Record<string, unknown>, key: string, value: unknown): Record<string, unknown> {
  const copy = { ...input };
  Object.defineProperty(copy, key, { value, enumerable: true, configurable: true, writable: true });
  return copy;
}

/** Deeper than any input may be. */
export function deep(levels: number, innermost: unknown): unknown {
  let value = innermost;
  for (let level = 0; level < levels; level++) value = level % 2 ? [value] : { a: value };
  return value;
}
