import { sealData } from "iron-session";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { env } from "#core/env.ts";

const jar = vi.hoisted(() => new Map<string, { value: string; options: Record<string, unknown> }>());
vi.mock("next/headers", () => ({
  cookies: async () => ({
    get: (name: string) => (jar.has(name) ? { name, value: jar.get(name)?.value ?? "" } : undefined),
    set: (name: string, value: string, options: Record<string, unknown>) => void jar.set(name, { value, options }),
  }),
}));

const { endFlow, keepLink, keptLink, leaveNotice, readNotice } = await import("#core/flow.ts");

const name = "__Host-mindflow.flow";
const put = (value: string) => jar.set(name, { value, options: {} });
const idOf = (path: string) => new URL(path, "http://x").searchParams.get("notice");

beforeEach(() => jar.clear());

describe("the flow cookie", () => {
  test("is __Host-, Secure, HttpOnly, SameSite=Lax and short-lived", async () => {
    await keepLink("invite", "token");
    expect(jar.get(name)?.options).toMatchObject({
      httpOnly: true,
      secure: true,
      sameSite: "lax",
      path: "/",
      maxAge: 540,
    });
    expect(jar.get(name)?.value).not.toContain("token");
    expect(await keptLink("invite")).toBe("token");
    expect(await keptLink("setUp")).toBeNull();
  });

  test("a message is shown at the address it was left for, and nowhere else", async () => {
    const path = await leaveNotice("/sign-in?returnTo=%2Ftoday", {
      tone: "danger",
      text: "No.",
      values: { email: "ada@example.com" },
    });
    expect(path).toMatch(/^\/sign-in\?returnTo=%2Ftoday&notice=[\w-]{8}$/);
    expect(await readNotice(idOf(path))).toMatchObject({
      tone: "danger",
      text: "No.",
      values: { email: "ada@example.com" },
    });
    for (const id of [undefined, null, "", "other", ["a"], 7]) expect(await readNotice(id)).toBeNull();
  });

  test("however much is left in it, it stays below the 4096 bytes a browser keeps", async () => {
    const long = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`field${n}`, "ü".repeat(500)]));
    for (const notice of [
      { values: long },
      { errors: long },
      { values: long, errors: long },
      { errors: { a: "b" }, values: long },
    ]) {
      const path = await leaveNotice("/next", { tone: "danger", text: "t".repeat(5000), ...notice });
      expect((jar.get(name)?.value.length ?? 0) + name.length + 120).toBeLessThan(4096);
      expect((await readNotice(idOf(path)))?.text).toBe("t".repeat(400));
    }
    const path = await leaveNotice("/next", { tone: "danger", text: "t", errors: { a: "b" }, values: long });
    expect(await readNotice(idOf(path))).toEqual({ id: idOf(path), tone: "danger", text: "t", errors: { a: "b" } });
  });

  test("tampered, truncated, oversized, foreign and expired cookies are empty, never an error", async () => {
    await keepLink("setUp", "token");
    const good = jar.get(name)?.value ?? "";
    const zoo = [
      "",
      "garbage",
      "Fe26.2*1*a*b*c*d*e*f~2",
      good.slice(0, -5),
      good.slice(1),
      // One character inside each authenticated part.
      ...good
        .split("*")
        .map((_, part, parts) =>
          parts
            .map((text, at) => (at === part ? `${text.startsWith("x") ? "y" : "x"}${text.slice(1)}` : text))
            .join("*"),
        ),
      "a".repeat(20_000),
      await sealData({ setUp: "token" }, { password: "another-password-of-32-characters!", ttl: 600 }),
    ];
    for (const value of zoo) {
      put(value);
      expect([value.slice(0, 20), await keptLink("setUp")]).toEqual([value.slice(0, 20), null]);
    }
    put(good);
    expect(await keptLink("setUp")).toBe("token");
    vi.useFakeTimers({ now: Date.now() + 11 * 60_000, toFake: ["Date"] });
    expect(await keptLink("setUp")).toBeNull();
    vi.useRealTimers();
  });

  test("a cookie sealed with our key cannot be made by anybody else", async () => {
    put(await sealData({ setUp: "token" }, { password: env().FLOW_SECRET, ttl: 600 }));
    expect(await keptLink("setUp")).toBe("token");
  });

  test("ending the flow clears it", async () => {
    await keepLink("setUp", "token");
    await endFlow();
    expect(jar.get(name)?.value).toBe("");
  });
});
