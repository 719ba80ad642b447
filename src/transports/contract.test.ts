import { describe, expect, test } from "vitest";
import { newId } from "#core/id.ts";
import { actorOf } from "#testing/factories.ts";
import { doorsOf, type Outcome } from "#testing/wires.ts";
import { makeWorld, samples, type World } from "#testing/world.ts";
import { allCapabilities, findCapability } from "./capabilities.ts";

const sampleOf = (name: string, world: World): Record<string, unknown> => {
  const sample = samples[name];
  if (!sample) throw new Error(`${name} has no sample in src/testing/world.ts`);
  return sample(world);
};

/** Capabilities under test; revoking an invite needs one that exists, which identity's own test makes. */
const named = allCapabilities.map(({ name }) => name).filter((name) => name !== "invites.revoke");
const doors = named.flatMap((name) => doorsOf(name).map(([door, call]) => ({ name, door, call })));

/** Ids, times and tokens differ between worlds; everything else must not. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shape);
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, shape(child)]));
  if (typeof value !== "string") return value;
  if (/^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(value)) return "<id>";
  if (/^\d{4}-\d\d-\d\dT/.test(value)) return "<time>";
  return value
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "<id>")
    .replace(/person-\d+-[0-9a-f]+@/, "person@")
    .replace(/=[\w-]{20,}/, "=<token>");
}

const refusalOf = (outcome: Outcome) =>
  outcome.ok ? { ok: true } : { code: outcome.code, message: outcome.message, details: outcome.details };

describe("every door of a capability", () => {
  test.each(named)("%s answers alike through each of its doors", async (name) => {
    const answers = [];
    for (const [door, call] of doorsOf(name)) {
      const world = await makeWorld();
      const outcome = await call(world.actor, name, sampleOf(name, world));
      expect(outcome, door).toMatchObject({ ok: true });
      // 204 has no body: REST says the same by saying nothing.
      const isSilent = door === "REST" && findCapability(name)?.capability.http?.status === 204;
      if (outcome.ok && !isSilent) answers.push(shape(outcome.value));
    }
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });

  test.each(doors)("$name over $door refuses a stranger with 401", async ({ name, call }) => {
    const world = await makeWorld();
    expect(await call(null, name, sampleOf(name, world))).toMatchObject({ ok: false, code: "AUTH_REQUIRED" });
  });

  test.each(doors)("$name over $door refuses a credential without its scope with 403", async ({ name, call }) => {
    const world = await makeWorld();
    const powerless = actorOf(world.person, { via: "assistant", scopes: [] });
    expect(await call(powerless, name, sampleOf(name, world))).toMatchObject({ ok: false, code: "FORBIDDEN" });
  });

  test.each(doors)("$name over $door names unknown and mistyped fields, alike", async ({ name, call }) => {
    const world = await makeWorld();
    const [, reference] = doorsOf(name)[0] ?? [];
    const sample = sampleOf(name, world);
    const [firstField] = Object.keys(sample);
    const bad = [{ ...sample, surprise: "1" }, ...(firstField ? [{ ...sample, [firstField]: "\u0000 not it" }] : [])];
    for (const input of bad) {
      const outcome = refusalOf(await call(world.actor, name, input));
      expect(outcome).toMatchObject({
        code: "VALIDATION_ERROR",
        details: [expect.objectContaining({ message: expect.any(String) })],
      });
      expect(outcome).toEqual(refusalOf((await reference?.(world.actor, name, input)) ?? { ok: true, value: {} }));
    }
  });
});

const aboutOneThing = doors.filter(({ name }) => Object.keys(samples[name]?.({} as World) ?? {}).includes("id"));

describe("somebody else's things", () => {
  test.each(aboutOneThing)(
    "$name over $door gives the same 404 for foreign, fenced and missing",
    async ({ name, call }) => {
      const mine = await makeWorld();
      const theirs = await makeWorld();
      const fenced = actorOf(mine.person, { via: "assistant", fence: [mine.projectId] });
      const missing = refusalOf(await call(mine.actor, name, { ...sampleOf(name, mine), id: newId() }));
      expect(missing).toMatchObject({ code: "RESOURCE_NOT_FOUND" });
      expect(refusalOf(await call(mine.actor, name, sampleOf(name, theirs)))).toEqual(missing);
      // The world's tasks lie in no project, so a fence around one hides them.
      expect(refusalOf(await call(fenced, name, sampleOf(name, mine)))).toEqual(missing);
    },
  );

  test.each(aboutOneThing)("$name over $door reaches what lies inside the fence", async ({ name, call }) => {
    const mine = await makeWorld(true);
    const fenced = actorOf(mine.person, { via: "assistant", fence: [mine.projectId] });
    const input =
      name === "tasks.replace" ? { ...sampleOf(name, mine), projectId: mine.projectId } : sampleOf(name, mine);
    expect(await call(fenced, name, input)).toMatchObject({ ok: true });
  });

  test("lists, counts and the next task show nothing outside the fence and nothing of others", async () => {
    const mine = await makeWorld();
    await makeWorld();
    const fenced = actorOf(mine.person, { via: "assistant", fence: [mine.projectId] });
    for (const [, call] of doorsOf("tasks.list"))
      expect(await call(fenced, "tasks.list", {})).toEqual({ ok: true, value: { items: [], nextCursor: null } });
    for (const [, call] of doorsOf("tasks.counts"))
      expect(await call(fenced, "tasks.counts", {})).toEqual({ ok: true, value: { inbox: 0, today: 0, overdue: 0 } });
    for (const [door, call] of doorsOf("tasks.next"))
      expect(await call(fenced, "tasks.next", {})).toMatchObject(
        // Design §12: no best task is an empty answer with the reason, and 404 over REST.
        door === "REST"
          ? { ok: false, code: "RESOURCE_NOT_FOUND" }
          : { ok: true, value: { task: null, runnersUp: [] } },
      );
    for (const [, call] of doorsOf("activity.list"))
      expect(await call(fenced, "activity.list", {})).toEqual({ ok: true, value: { items: [], nextCursor: null } });
    for (const [, call] of doorsOf("notifications.list"))
      expect(await call(fenced, "notifications.list", {})).toMatchObject({
        ok: true,
        value: { items: [], total: 0, unread: 0 },
      });
  });
});

describe("the same call again", () => {
  const writes = doors.filter(
    ({ name }) => findCapability(name)?.capability.kind === "mutation" && name !== "invites.create",
  );

  test.each(writes)(
    "$name over $door with the same key gives the stored answer, once",
    async ({ name, door, call }) => {
      const world = await makeWorld();
      const input = sampleOf(name, world);
      const first = await call(world.actor, name, input, { key: "key-1" });
      const again = await call(world.actor, name, input, { key: "key-1" });
      expect(first).toMatchObject({ ok: true });
      const isSilent = door === "REST" && findCapability(name)?.capability.http?.status === 204;
      if (first.ok && !isSilent) expect(again).toEqual({ ok: true, value: { ...first.value, replayed: true } });
      expect(again).toMatchObject({ ok: true });
    },
  );
});
