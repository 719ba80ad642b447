import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { prisma } from "#core/db.ts";
import { newId } from "#core/id.ts";
import { limits } from "#core/limits.ts";
import { type Cluster, startCluster } from "#testing/cluster.ts";
import { makePerson, type Person } from "#testing/factories.ts";
import { hashPassword } from "./password.ts";
import { createSetupLink } from "./service.ts";
import { cookieName } from "./session.ts";
import { hashToken, newToken } from "./tickets.ts";

// What holds on one process must hold over two: everything here asks a cluster whose round robin gives each request to the
// other server (requirements S0-30, S4-08; issue 2, point 2).

const password = "a walk along the harbour";
let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster?.stop());
// All tests come from one loopback address, which the limits count.
beforeEach(() => prisma().rateLimit.deleteMany());

/** A browser: keeps the cookies it is given and says where its forms stand. */
class Browser {
  readonly #jar = new Map<string, string>();

  get cookie(): string {
    return [...this.#jar].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  get hasSession(): boolean {
    return this.#jar.has(cookieName("session"));
  }

  async #send(url: string, init: RequestInit): Promise<Response> {
    const headers = { cookie: this.cookie, origin: cluster.url, ...(init.headers as Record<string, string>) };
    const response = await fetch(url, { ...init, headers, redirect: "manual" });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === "" || /max-age=0/i.test(line)) this.#jar.delete(name);
      else this.#jar.set(name, value);
    }
    return response;
  }

  open(path: string): Promise<Response> {
    return this.#send(`${cluster.url}${path}`, {});
  }

  post(path: string, fields: Record<string, string>, base = cluster.url): Promise<Response> {
    return this.#send(`${base}${path}`, { method: "POST", body: new URLSearchParams(fields) });
  }
}

/** The status that one server, or the round robin, gives whoever carries this cookie. */
async function statusOf(cookie: string, base: string): Promise<number> {
  const response = await fetch(`${base}/api/trpc/profile.get?input=%7B%7D`, { headers: { cookie } });
  await response.body?.cancel();
  return response.status;
}
const onBoth = (cookie: string) => Promise.all(cluster.servers.map(({ url }) => statusOf(cookie, url)));

const withPassword = async (): Promise<Person> => makePerson({ passwordHash: await hashPassword(password) });

async function signedIn(person: Person, base = cluster.url): Promise<Browser> {
  const browser = new Browser();
  const answer = await browser.post("/api/identity/sign-in", { email: person.email, password }, base);
  expect([answer.status, answer.headers.get("location")]).toEqual([303, "/next"]);
  return browser;
}

const times = <T>(count: number, work: (n: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, n) => work(n)));
const locations = (answers: Response[]) => answers.map((answer) => answer.headers.get("location"));

describe("one winner", () => {
  test("a set-up link posted twenty times at once, by different people, makes one admin", async () => {
    await prisma().user.deleteMany();
    const link = new URL((await createSetupLink()) ?? "");
    const people = await times(20, async (n) => {
      const browser = new Browser();
      await browser.open(`${link.pathname}${link.search}`);
      return { browser, name: "Ada Lovelace", email: `first-${n}@example.com` };
    });
    const answers = await Promise.all(
      people.map(({ browser, name, email }) => browser.post("/api/identity/set-up", { name, email, password })),
    );
    expect(locations(answers).filter((path) => path === "/next")).toHaveLength(1);
    expect(answers.every(({ status }) => status === 303 || status === 429)).toBe(true);
    expect(people.filter(({ browser }) => browser.hasSession)).toHaveLength(1);
    expect(await prisma().user.findMany({ select: { role: true } })).toEqual([{ role: "admin" }]);
    expect(await prisma().session.count()).toBe(1);
    expect(await createSetupLink()).toBeNull();
  });

  test("an invite link posted at once by as many as the limit lets through makes one account", async () => {
    const admin = await makePerson({ role: "admin" });
    const token = newToken();
    const expiresAt = new Date(Date.now() + 86_400_000);
    await prisma().invite.create({ data: { id: newId(), userId: admin.id, tokenHash: hashToken(token), expiresAt } });
    const answers = await times(10, async (n) => {
      const browser = new Browser();
      await browser.open(`/sign-up?invite=${token}`);
      const fields = { name: "Grace Hopper", email: `invited-${n}@example.com`, password };
      return await browser.post("/api/identity/sign-up", fields);
    });
    expect(locations(answers).filter((path) => path === "/next")).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(10 - limits.signUp.tokens);
    expect(await prisma().user.count({ where: { email: { startsWith: "invited-" } } })).toBe(1);
  });

  test("one idempotency key sent twenty times at once makes one task and one journal entry", async () => {
    const { cookie } = await signedIn(await withPassword());
    const key = newId();
    const title = `Once ${key}`;
    const answers = await times(20, async () => {
      const response = await fetch(`${cluster.url}/api/trpc/tasks.create`, {
        method: "POST",
        headers: { cookie, origin: cluster.url, "content-type": "application/json", "idempotency-key": key },
        body: JSON.stringify({ title }),
      });
      const body = (await response.json()) as {
        result: { data: { id: string; operationId: string; replayed: boolean } };
      };
      return body.result.data;
    });
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect(await prisma().task.count({ where: { title } })).toBe(1);
    expect(await prisma().operation.count({ where: { id: answers[0]?.operationId ?? "" } })).toBe(1);
  });
});

describe("limits on secrets are exact over two processes (requirements S0-30)", () => {
  const guess = (email: string, guessed = "not the password") =>
    new Browser().post("/api/identity/sign-in", { email, password: guessed });

  test("of twenty wrong passwords at once, exactly five are looked at and the others are 429", async () => {
    const person = await withPassword();
    const statuses = (await times(20, () => guess(person.email))).map(({ status }) => status);
    expect(statuses.filter((status) => status === 303)).toHaveLength(limits.signInByAccount.tokens);
    expect(statuses.filter((status) => status === 429)).toHaveLength(20 - limits.signInByAccount.tokens);
    const refused = { action: "session.create", result: "refused", userId: person.id };
    expect(await prisma().auditEvent.count({ where: refused })).toBe(limits.signInByAccount.tokens);
  });

  test("once they are used up, the right password is 429 on both as well, with the seconds to wait", async () => {
    const person = await withPassword();
    await times(limits.signInByAccount.tokens, () => guess(person.email));
    for (const _ of cluster.servers) {
      const answer = await guess(person.email, password);
      expect(answer.status).toBe(429);
      expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    }
  });
});

describe("a session is its row, on whichever process", () => {
  test("one that was begun on one server is good on the other", async () => {
    const [first, second] = cluster.servers;
    const person = await withPassword();
    expect(await onBoth((await signedIn(person, first.url)).cookie)).toEqual([200, 200]);
    expect(await onBoth((await signedIn(person, second.url)).cookie)).toEqual([200, 200]);
  });

  test("signing out on one kills a copied cookie at once on both (requirements S4-08)", async () => {
    const browser = await signedIn(await withPassword());
    const copied = browser.cookie;
    expect(await onBoth(copied)).toEqual([200, 200]);
    const answer = await browser.post("/api/identity/sign-out", {}, cluster.servers[0].url);
    expect([answer.status, browser.hasSession]).toEqual([303, false]);
    expect(await onBoth(copied)).toEqual([401, 401]);
  });

  test("signing out ends this session only: the same person's other browser stays in", async () => {
    const person = await withPassword();
    const [here, there] = [await signedIn(person), await signedIn(person)];
    await here.post("/api/identity/sign-out", {});
    expect(await onBoth(there.cookie)).toEqual([200, 200]);
  });

  test.each([
    ["banned", { bannedUntil: new Date(Date.now() + 86_400_000) }],
    ["deleted", { deletedAt: new Date() }],
  ])("the next call of whoever was %s is 401 on both (requirements S2-10)", async (_, data) => {
    const person = await withPassword();
    const { cookie } = await signedIn(person);
    expect(await onBoth(cookie)).toEqual([200, 200]);
    await prisma().user.update({ where: { id: person.id }, data });
    expect(await onBoth(cookie)).toEqual([401, 401]);
  });
});
