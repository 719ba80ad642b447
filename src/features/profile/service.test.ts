import { describe, expect, test } from "vitest";
import { actorOf, makePerson } from "#testing/factories.ts";
import { rowsOf, run } from "#testing/rows.ts";
import { call } from "#testing/wires.ts";

async function someone() {
  const person = await makePerson({ passwordHash: "$argon2id$canary" });
  return { person, actor: actorOf(person) };
}
const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (error: unknown) => error,
  );
const naming = (field: string) => ({ code: "VALIDATION_ERROR", details: [expect.objectContaining({ field })] });

describe("the profile (requirements S3-29)", () => {
  test("shows what one is called, and nothing secret", async () => {
    const { person, actor } = await someone();
    expect(await call(actor, "profile.get", {})).toEqual({
      id: person.id,
      name: "Mara Lindqvist",
      email: person.email,
      zone: "Asia/Kathmandu",
      theme: "system",
      createdAt: expect.stringMatching(/Z$/),
      updatedAt: expect.stringMatching(/Z$/),
    });
  });

  test("of a deleted account is a credential that holds no more (requirements S3-12)", async () => {
    const { person, actor } = await someone();
    await run("UPDATE users SET deleted_at = now() WHERE id = $1", [person.id]);
    for (const attempt of [call(actor, "profile.get", {}), call(actor, "profile.update", { theme: "dark" })])
      expect(await refusal(attempt)).toMatchObject({ code: "INVALID_TOKEN" });
  });
});

describe("changing it (requirements S3-30)", () => {
  test("names what was really different", async () => {
    const { actor } = await someone();
    expect(await call(actor, "profile.update", { name: "Ada  Byron", zone: "UTC", theme: "system" })).toMatchObject({
      name: "Ada Byron",
      zone: "UTC",
      theme: "system",
      updatedFields: ["name", "zone"],
    });
    expect(await call(actor, "profile.update", { name: "Ada Byron" })).toMatchObject({
      updatedFields: [],
      operationId: null,
    });
  });

  test("to nothing is refused, and what is the same leaves no trace", async () => {
    const { person, actor } = await someone();
    expect(await refusal(call(actor, "profile.update", {}))).toMatchObject(naming(""));
    const before = await rowsOf(person.id);
    await call(actor, "profile.update", { theme: "system", zone: "Asia/Kathmandu" });
    expect(await rowsOf(person.id)).toEqual(before);
  });

  test.each(["Zoë", "李 明", "O’Brien-Smith", "Jean-Luc St. Pierre", "नेपाल", "Ωμέγα", "𠮷野 家", "x".repeat(100)])(
    "%s is a name (requirements T-01)",
    async (name) => {
      const { actor } = await someone();
      expect(await call(actor, "profile.update", { name })).toMatchObject({ name });
    },
  );

  test.each([
    "",
    "A",
    "𠮷",
    "x".repeat(101),
    "<b>Ada</b>",
    "Ada\nByron",
    "ada@example.com",
    "-Ada",
    "A1",
    "\u0000\u0000",
    "Ada\u202e",
  ])("%j is none", async (name) => {
    const { actor } = await someone();
    expect(await refusal(call(actor, "profile.update", { name }))).toMatchObject(naming("name"));
  });

  test.each([
    ["zone", "Mars/Olympus"],
    ["zone", "+05:45"],
    ["zone", "x".repeat(51)],
    ["zone", null],
    ["theme", "blue"],
    ["email", "new@example.com"],
    ["role", "admin"],
    ["passwordHash", "x"],
  ])("%s: %j is refused by name", async (field, value) => {
    const { person, actor } = await someone();
    const before = await rowsOf(person.id);
    expect(await refusal(call(actor, "profile.update", { [field]: value }))).toMatchObject(naming(field));
    expect(await rowsOf(person.id)).toEqual(before);
  });
});
