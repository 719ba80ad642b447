import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { line, text } from "./text.ts";

const messagesOf = (schema: z.ZodType, value: unknown) => {
  const parsed = schema.safeParse(value);
  return parsed.success ? [] : parsed.error.issues.map((issue) => issue.message);
};

describe("text (design §5)", () => {
  test("is trimmed and NFC", () => {
    expect(text(1, 10).parse("  Cafe\u0301 \n")).toBe("Café");
  });

  test("N characters are taken, N + 1 are refused, counted after trimming", () => {
    expect(text(1, 5).parse(`  ${"a".repeat(5)}  `)).toBe("aaaaa");
    expect(messagesOf(text(1, 5), "a".repeat(6))).toEqual(["At most 5 characters."]);
  });

  test("a character outside the basic plane is one character, as in Postgres", () => {
    expect(text(1, 5).parse("😀".repeat(5))).toBe("😀".repeat(5));
    expect(messagesOf(text(1, 5), "😀".repeat(6))).toEqual(["At most 5 characters."]);
    expect(messagesOf(text(2, 5), "𠮷")).toEqual(["At least 2 characters."]);
  });

  test("blank is empty", () => {
    for (const blank of ["", "   ", "\n\t ", "\u3000\u00a0"])
      expect(messagesOf(text(1, 5), blank)).toEqual(["Cannot be empty."]);
    expect(text(0, 5).parse("  ")).toBe("");
  });

  test.each([
    "\u0000",
    "a\u0000b",
    "\u0001",
    "\u000b",
    "\u001f",
    "\u007f",
    "\u0085",
    "\u009f",
    "\ud800",
    "a\udc00",
    "\udc00\ud800",
  ])("%j cannot be stored, and nothing else is said about it", (value) => {
    expect(messagesOf(text(1, 5), value)).toEqual(["Contains a character that cannot be stored."]);
  });

  test("newlines and tabs are kept in text, refused in a line", () => {
    expect(text(1, 9).parse("a\n\tb\r\nc")).toBe("a\n\tb\r\nc");
    for (const value of ["a\nb", "a\rb", "a\tb", "a\u2028b", "a\u2029b"])
      expect(messagesOf(line(1, 9), value)).toEqual(["Must be a single line."]);
  });

  test("whatever NFC makes short enough is taken; what stays too long is not even normalized", () => {
    expect(text(1, 5).parse("\u03b1\u0313\u0300\u0345".repeat(5))).toBe("\u1f82".repeat(5));
    const normalize = vi.spyOn(String.prototype, "normalize");
    expect(messagesOf(text(1, 200), `e${"\u0301\u0323".repeat(16_000)}`)).toEqual(["At most 200 characters."]);
    expect(normalize).not.toHaveBeenCalled();
    normalize.mockRestore();
  });

  test("its limits reach JSON Schema", () => {
    expect(z.toJSONSchema(line(1, 200).describe("Title."), { io: "input" })).toMatchObject({
      type: "string",
      minLength: 1,
      maxLength: 200,
      description: "Title.",
    });
    expect(z.toJSONSchema(text(0, 2000), { io: "input" })).not.toHaveProperty("minLength");
  });

  test("whatever is taken is well-formed, NFC, trimmed and within the limits", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 30 }), (value) => {
        const parsed = line(1, 20).safeParse(value);
        if (!parsed.success) return true;
        const { data } = parsed;
        const count = [...data].length;
        return (
          data.isWellFormed() && data === data.normalize("NFC") && data === data.trim() && count >= 1 && count <= 20
        );
      }),
      { numRuns: 2000 },
    );
  });
});
