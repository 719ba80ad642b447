import { randomUUID } from "node:crypto";
import { encode } from "@auth/core/jwt";
import { test as base, expect, type Page } from "@playwright/test";
import pg from "pg";
import { secrets } from "./product.ts";

export type Person = { id: string; name: string; email: string; cookie: { name: string; value: string } };

const cookieName = "__Host-mindflow.session";

/** One connection for each worker to the database under test. */
const database = new pg.Pool({ connectionString: process.env.E2E_DATABASE_URL, max: 2 });

/** Somebody with an account and a session, made in the database; signing in by hand has a journey of its own. */
async function makePerson(zone: string, role: "user" | "admin"): Promise<Person> {
  const [id, sessionId] = [randomUUID(), randomUUID()];
  const email = `person-${id.slice(0, 8)}@example.com`;
  const name = "Mara Lindqvist";
  await database.query("INSERT INTO users (id, email, name, role, time_zone) VALUES ($1, $2, $3, $4, $5)", [
    id,
    email,
    name,
    role,
    zone,
  ]);
  await database.query("INSERT INTO sessions (id, user_id, expires_at) VALUES ($1, $2, now() + interval '1 day')", [
    sessionId,
    id,
  ]);
  const value = await encode({
    token: { sub: id, sid: sessionId },
    secret: secrets.AUTH_SECRET,
    salt: cookieName,
    maxAge: 86_400,
  });
  return { id, name, email, cookie: { name: cookieName, value } };
}

type Options = { zone: string; role: "user" | "admin" };
type Fixtures = { person: Person; noise: string[] };

export const test = base.extend<Fixtures & Options>({
  zone: ["Asia/Kathmandu", { option: true }],
  role: ["user", { option: true }],
  /** Somebody signed in, in this browser. */
  person: async ({ context, zone, role }, use) => {
    const person = await makePerson(zone, role);
    await context.addCookies([
      { ...person.cookie, domain: "localhost", path: "/", secure: true, httpOnly: true, sameSite: "Lax" },
    ]);
    await use(person);
  },
  /** Whatever the browser complains about fails the test: errors of scripts, refused content, warnings of React. */
  noise: [
    async ({ page }, use) => {
      const noise: string[] = [];
      page.on("console", (message) => {
        if (["error", "warning"].includes(message.type())) noise.push(message.text());
      });
      page.on("pageerror", (error) => noise.push(String(error)));
      await use(noise);
      expect(
        noise.filter((text) => !/status of (401|403|404|409|422|429|503)|ERR_INTERNET_DISCONNECTED/.test(text)),
      ).toEqual([]);
    },
    { auto: true },
  ],
});

/** Adds tasks behind the page's back, as another tab would. */
export async function seedTasks(
  person: Person,
  titles: readonly string[],
  values: { due?: string; priority?: number } = {},
): Promise<string[]> {
  const ids = titles.map(() => randomUUID());
  for (const [i, title] of titles.entries())
    await database.query(
      "INSERT INTO tasks (id, user_id, title, priority, due_date, created_at) VALUES ($1, $2, $3, $4, $5, now() - $6 * interval '1 minute')",
      [ids[i], person.id, title, values.priority ?? 3, values.due ?? null, titles.length - i],
    );
  return ids;
}

/** The current day in a zone, as `YYYY-MM-DD`. */
export const todayIn = (zone: string): string =>
  new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(new Date());

export const query = async <Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> =>
  (await database.query<Row>(text, values)).rows;

/** Nothing sticks out sideways. */
export const expectNoSidewaysScroll = async (page: Page): Promise<void> =>
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth)).toBe(
    true,
  );

export { expect };
