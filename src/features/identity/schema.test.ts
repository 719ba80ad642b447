import { describe, expect, test, vi } from "vitest";
import {
  displayNameSchema,
  emailSchema,
  linkTokenSchema,
  newAccountSchema,
  newPasswordSchema,
  signInSchema,
  zoneSchema,
} from "./schema.ts";

const ok = (schema: { safeParse(value: unknown): { success: boolean } }, value: unknown) =>
  schema.safeParse(value).success;

describe("e-mail addresses (requirements S4-20, security ID-04)", () => {
  test("are NFKC, trimmed and lower-cased before they are checked", () => {
    expect(emailSchema.parse("  Ada@Example.COM ")).toBe("ada@example.com");
    expect(emailSchema.parse("ada＠example.com")).toBe("ada@example.com");
  });

  test.each([
    "a＠evil.com@victim.com",
    "a@evil.com@victim.com",
    "a@example.com,b@example.com",
    "a@example.com\r\nBcc: b@example.com",
    "a\0@example.com",
    "ada",
    "",
    "@example.com",
    `${"a".repeat(250)}@example.com`,
    42,
    null,
  ])("refuses %j", (value) => {
    expect(ok(emailSchema, value)).toBe(false);
  });
});

describe("display names: 2–100 letters of any script (requirements S4-22)", () => {
  test.each([
    "Li",
    "Ada Lovelace",
    "Jean-Luc O'Neil Jr.",
    "Ólafur Þór",
    "नरेन्द्र मोदी",
    "山田太郎",
    "محمد علي",
    "D’Arcy",
    "a".repeat(100),
  ])("accepts %s", (value) => {
    expect(displayNameSchema.parse(value)).toBe(value);
  });

  test("spaces inside and around are collapsed, text is NFC", () => {
    expect(displayNameSchema.parse("  Ada \u00a0  Lovelace ")).toBe("Ada Lovelace");
    expect(displayNameSchema.parse("E\u0301lodie")).toBe("Élodie");
  });

  test("characters are counted as people count them", () => {
    expect(ok(displayNameSchema, "𐐷".repeat(100))).toBe(true);
    expect(ok(displayNameSchema, "𐐷".repeat(101))).toBe(false);
  });

  test("a long row of marks is refused before it is sorted", () => {
    const normalize = vi.spyOn(String.prototype, "normalize");
    expect(ok(displayNameSchema, `e${"\u0301\u0323".repeat(4000)}`)).toBe(false);
    expect(normalize).not.toHaveBeenCalled();
    normalize.mockRestore();
  });

  test.each([
    "A",
    "",
    "   ",
    "a".repeat(101),
    "Ada1",
    "Ada <b>",
    "Ada\nLovelace",
    "Ada\0",
    "\ud800Ada",
    "..",
    "Ada😀",
    "Ada\u202eecalevoL",
    7,
  ])("refuses %j", (value) => {
    expect(ok(displayNameSchema, value)).toBe(false);
  });
});

describe("passwords (security ID-03, design §12)", () => {
  test("11 characters are refused, 12 accepted; 128 accepted, 129 refused", () => {
    expect([11, 12, 128, 129].map((n) => ok(newPasswordSchema, "é".repeat(n)))).toEqual([false, true, true, false]);
    expect(ok(newPasswordSchema, "🦊".repeat(128))).toBe(true);
  });

  test("any Unicode, outer spaces kept, both forms of é are one password", () => {
    expect(newPasswordSchema.parse("  spaces count  ")).toBe("  spaces count  ");
    expect(newPasswordSchema.parse("cafe\u0301 au lait!")).toBe("café au lait!");
  });

  test.each(["\ud800 lone surrogate", "with\0a NUL inside", "x".repeat(2000), 123456789012])("refuses %j", (value) => {
    expect(ok(newPasswordSchema, value)).toBe(false);
  });
});

describe("forms", () => {
  test("unknown fields are refused by name", () => {
    const parsed = signInSchema.safeParse({ email: "a@example.com", password: "x", role: "admin" });
    expect(parsed.error?.issues[0]).toMatchObject({ code: "unrecognized_keys", keys: ["role"] });
  });

  test("a zone is one that this runtime knows", () => {
    expect(ok(zoneSchema, "Asia/Kathmandu")).toBe(true);
    for (const zone of ["Mars/Olympus", "+05:45", "", "x".repeat(51)]) expect(ok(zoneSchema, zone)).toBe(false);
    const account = { name: "Ada Lovelace", email: "a@example.com", password: "violet harbour" };
    expect(newAccountSchema.parse(account).timeZone).toBe("UTC");
  });

  test("a link's secret is 32 bytes of base64url", () => {
    expect(ok(linkTokenSchema, "a".repeat(43))).toBe(true);
    for (const token of ["a".repeat(42), `${"a".repeat(42)}=`, "a".repeat(44), null])
      expect(ok(linkTokenSchema, token)).toBe(false);
  });
});
