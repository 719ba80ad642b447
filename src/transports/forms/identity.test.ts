import { encode } from "@auth/core/jwt";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { prisma } from "#core/db.ts";
import { env } from "#core/env.ts";
import { messages } from "#features/identity/messages.ts";
import { hashPassword } from "#features/identity/password.ts";
import { createSetupLink } from "#features/identity/service.ts";
import { cookieName } from "#features/identity/session.ts";
import { redeemTicket } from "#features/identity/tickets.ts";
import { makePerson } from "#testing/factories.ts";

const jar = vi.hoisted(() => new Map<string, string>());
vi.mock("next/headers", () => ({
  cookies: async () => ({
    get: (name: string) => (jar.has(name) ? { name, value: jar.get(name) ?? "" } : undefined),
    set: (name: string, value: string) => void (value ? jar.set(name, value) : jar.delete(name)),
  }),
}));
// next-auth needs a running Next; here its two calls do what they do there: redeem the ticket, seal the ids, clear the cookie.
vi.mock("#features/identity/next-auth.ts", () => ({
  async startSession(ticket: string, requestId: string) {
    const session = await redeemTicket(ticket, { requestId, address: null, userAgent: null });
    if (!session) return false;
    const token = { sid: session.sessionId, sub: session.userId };
    jar.set(cookieName("session"), await encode({ token, secret: env().AUTH_SECRET, salt: cookieName("session") }));
    return true;
  },
  clearSession: async () => void jar.delete(cookieName("session")),
}));

const forms = await import("./identity.ts");

const ours = { origin: "http://localhost:3000", "sec-fetch-site": "same-origin" };
const password = "violet harbour seven lamps";
type Form = (request: Request) => Promise<Response>;
type Body = Record<string, string> | string | FormData;

function post(form: Form, body: Body, headers: Record<string, string> = ours): Promise<Response> {
  const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
  const encoded = typeof body === "string" || body instanceof FormData ? body : new URLSearchParams(body);
  const type =
    typeof body === "string" && !headers["content-type"] ? { "content-type": "application/x-www-form-urlencoded" } : {};
  return form(
    new Request("http://localhost:3000/api/identity/x", {
      method: "POST",
      body: encoded,
      headers: { ...type, cookie, ...headers },
    }),
  );
}
const open = (kind: "setUp" | "invite", token: string) =>
  forms.openLink(new Request("http://localhost:3000/x", { headers: { "x-mindflow-link": token } }), kind);
const queryOf = (response: Response) => {
  const url = new URL(response.headers.get("location") ?? "", "http://localhost:3000");
  return Promise.resolve(Object.fromEntries(url.searchParams));
};
const account = async () => makePerson({ passwordHash: await hashPassword(password) });
const signedIn = () => jar.has(cookieName("session"));

beforeEach(async () => {
  jar.clear();
  await prisma().rateLimit.deleteMany();
});

describe("signing in by a plain form", () => {
  test("goes where the person was headed, with 303 and a session", async () => {
    const { email } = await account();
    const response = await post(forms.signInForm, {
      email: ` ${email.toUpperCase()} `,
      password,
      returnTo: "/today?sort=due",
    });
    expect([response.status, response.headers.get("location"), signedIn()]).toEqual([303, "/today?sort=due", true]);
    expect(response.headers.get("x-request-id")).toMatch(/^[\w-]{36}$/);
    expect(response.headers.get("cache-control")).toBe("no-store");
  });

  test("never leaves this site, whatever returnTo says (requirements +12)", async () => {
    const { email } = await account();
    const response = await post(forms.signInForm, { email, password, returnTo: "//evil.example" });
    expect(response.headers.get("location")).toBe("/next");
  });

  test("multipart works too", async () => {
    const { email } = await account();
    const form = new FormData();
    form.set("email", email);
    form.set("password", password);
    expect((await post(forms.signInForm, form)).headers.get("location")).toBe("/next");
  });

  test("a failure goes back with the message and the address, never the password, and keeps the way on", async () => {
    const { email } = await account();
    const response = await post(forms.signInForm, { email, password: "not the password", returnTo: "/today" });
    expect(response.status).toBe(303);
    const page = await forms.signInPage(queryOf(response));
    expect(page).toMatchObject({
      returnTo: "/today",
      notice: { tone: "danger", text: messages.signIn.refused, values: { email } },
    });
    expect(JSON.stringify(page)).not.toContain("not the password");
    expect(signedIn()).toBe(false);
  });

  test("unknown and known addresses give the same answer (requirements S0-15, security ID-01)", async () => {
    const { email } = await account();
    const answers = [];
    for (const address of [email, "nobody@example.com"]) {
      const response = await post(forms.signInForm, { email: address, password: "not the password" });
      const { notice } = await forms.signInPage(queryOf(response));
      answers.push([response.status, notice?.text, notice?.errors, [...response.headers.keys()]]);
    }
    expect(answers[0]).toEqual(answers[1]);
  });

  test("bad fields are named on the page", async () => {
    const response = await post(forms.signInForm, { email: "ada", password: "" });
    const { notice } = await forms.signInPage(queryOf(response));
    expect(notice?.errors).toEqual({ email: messages.fields.email, password: messages.fields.passwordMissing });
  });

  test("the sixth failure is 429 with Retry-After and a way back for browsers", async () => {
    const { email } = await account();
    let response = new Response();
    for (let n = 0; n < 6; n++) response = await post(forms.signInForm, { email, password: "wrong" });
    expect(response.status).toBe(429);
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(response.headers.get("refresh")).toMatch(/^0; url=\/sign-in\?notice=/);
    expect(await response.text()).toContain("Too many attempts. Try again in ");
  });
});

describe("what is no form of ours is refused before anything is looked at", () => {
  const fields = { email: "ada@example.com", password };
  test.each([
    ["another origin", { origin: "https://evil.example" }],
    ["origin null", { origin: "null" }],
    ["no origin, cross-site", { "sec-fetch-site": "cross-site" }],
    ["no header at all", {}],
  ])("%s: 403, on every form (security WB-01)", async (_, headers) => {
    for (const form of [forms.signInForm, forms.signOutForm, forms.setUpForm, forms.signUpForm]) {
      const response = await post(form, fields, headers as Record<string, string>);
      expect([response.status, response.headers.get("content-security-policy")]).toEqual([
        403,
        expect.stringContaining("frame-ancestors 'none'"),
      ]);
    }
  });

  test.each([
    ["JSON", JSON.stringify(fields), { ...ours, "content-type": "application/json" }, 415],
    ["plain text", "email=a", { ...ours, "content-type": "text/plain" }, 415],
    ["more than 16 KB", `email=a&password=${"x".repeat(17_000)}`, ours, 413],
    ["a declared length over 16 KB", "email=a", { ...ours, "content-length": "99999" }, 413],
    ["a broken multipart", "--x\r\nnonsense", { ...ours, "content-type": "multipart/form-data; boundary=x" }, 422],
    ["a field twice", "email=a%40example.com&email=b%40example.com&password=x", ours, 422],
    ["an unknown field", "email=a%40example.com&password=x&role=admin", ours, 422],
    ["a prototype's key", "email=a%40example.com&password=x&__proto__=1", ours, 422],
  ])("%s", async (_, body, headers, status) => {
    const response = await post(forms.signInForm, body, headers);
    expect(response.status).toBe(status);
    expect(await response.text()).toMatch(/^<!doctype html>/);
    expect(signedIn()).toBe(false);
  });

  test("a file in a field, and what it says is escaped", async () => {
    const form = new FormData();
    form.set("<script>", new File(["x"], "x.txt"));
    const response = await post(forms.signInForm, form);
    expect(response.status).toBe(422);
    expect(await response.text()).not.toContain("<script>");
  });
});

describe("links with a secret", () => {
  test("set up: the secret leaves the address, the form makes the admin and signs in", async () => {
    await prisma().user.deleteMany();
    const link = new URL((await createSetupLink()) ?? "");
    const opened = await open("setUp", link.searchParams.get("token") ?? "");
    expect([opened.status, opened.headers.get("location")]).toEqual([303, "/setup"]);
    expect(await forms.setUpPage(queryOf(opened))).toEqual({ notice: null, state: "open" });
    const fields = { name: "Ada Lovelace", email: "ada@example.com", password, timeZone: "Asia/Kathmandu" };
    const weak = await post(forms.setUpForm, { ...fields, password: "password1234" });
    expect((await forms.setUpPage(queryOf(weak))).notice).toMatchObject({
      errors: { password: messages.fields.passwordCommon },
      values: { name: "Ada Lovelace" },
    });
    const done = await post(forms.setUpForm, fields);
    expect([done.headers.get("location"), signedIn()]).toEqual(["/next", true]);
    expect(await prisma().user.findUnique({ where: { email: "ada@example.com" } })).toMatchObject({ role: "admin" });
    expect((await forms.setUpPage(queryOf(done))).state).toBe("done");
  });

  test("without a link, set-up and sign-up say where to find one", async () => {
    const fields = { name: "Eve", email: "eve@example.com", password };
    expect((await post(forms.setUpForm, fields)).headers.get("location")).toBe("/setup");
    expect((await post(forms.signUpForm, fields)).headers.get("location")).toBe("/sign-up");
    expect((await forms.signUpPage(Promise.resolve({}))).invite).toBeNull();
  });

  test("a garbled or unknown link is told so, and makes nothing", async () => {
    const garbled = await open("invite", "%00%0d%0a");
    expect((await forms.signUpPage(queryOf(garbled))).notice?.text).toBe(messages.signUp.badLink);
    await open("invite", "a".repeat(43));
    expect(await forms.signUpPage(Promise.resolve({}))).toEqual({
      notice: { tone: "danger", text: messages.signUp.badLink },
      invite: null,
    });
    const response = await post(forms.signUpForm, { name: "Eve Eve", email: "eve@example.com", password });
    expect((await forms.signUpPage(queryOf(response))).notice?.text).toBe(messages.signUp.badLink);
    expect(await prisma().user.findUnique({ where: { email: "eve@example.com" } })).toBeNull();
  });
});

describe("signing out", () => {
  test("kills the row, so that a copied cookie is worth nothing (security SE-03)", async () => {
    const { id: userId, email } = await account();
    await post(forms.signInForm, { email, password });
    const copied = jar.get(cookieName("session"));
    const response = await post(forms.signOutForm, {});
    expect([response.status, response.headers.get("location")]).toEqual([
      303,
      expect.stringMatching(/^\/sign-in\?notice=/),
    ]);
    expect(signedIn()).toBe(false);
    expect(copied).toBeTruthy();
    expect(await prisma().session.findMany({ where: { userId } })).toMatchObject([{ revokedAt: expect.any(Date) }]);
  });

  test("works for somebody who is not signed in", async () => {
    expect((await post(forms.signOutForm, {})).status).toBe(303);
  });

  test("to come back as somebody else leads to sign in and then to where it was, never off this site", async () => {
    for (const [returnTo, kept] of [
      ["/oauth/consent/abc", "/oauth/consent/abc"],
      ["https://evil.example/", "/next"],
      ["//evil.example", "/next"],
    ] as const)
      expect(await queryOf(await post(forms.signOutForm, { returnTo }))).toMatchObject({ returnTo: kept });
  });
});
