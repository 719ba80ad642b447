import { randomUUID } from "node:crypto";
import { encode } from "@auth/core/jwt";
import { hash } from "@node-rs/argon2";
import { type BrowserContext, test as base, expect, type Page } from "@playwright/test";
import pg from "pg";
import { secrets } from "./product.ts";

export type Person = { id: string; name: string; email: string; zone: string; cookie: { name: string; value: string } };

const cookieName = "__Host-mindflow.session";

/** Somebody's password, for the journeys that sign in by hand. */
export const password = "violet harbour seven lamps";

/** One connection for each worker to the database under test. */
const database = new pg.Pool({ connectionString: process.env.E2E_DATABASE_URL, max: 2 });

// Zones far from the server's and the browser's. One of them is always in the middle of its day, so that no journey runs
// over a midnight and every way to snooze is on offer.
const zones = ["Pacific/Kiritimati", "Asia/Kabul", "America/St_Johns", "Pacific/Marquesas"];
const hourIn = (timeZone: string) =>
  Number(new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit" }).format(new Date()));
export const zoneByDay = (): string =>
  zones.find((zone) => hourIn(zone) >= 8 && hourIn(zone) < 17) ?? zones.find((zone) => hourIn(zone) < 18) ?? "UTC";

/** Somebody with an account and a session, made in the database; signing in by hand has a journey of its own. */
async function makePerson(role: "user" | "admin"): Promise<Person> {
  const [id, sessionId] = [randomUUID(), randomUUID()];
  const zone = zoneByDay();
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
  return { id, name, email, zone, cookie: { name: cookieName, value } };
}

/** Lets somebody sign in by hand with `password`. */
export async function givePassword(person: Person): Promise<void> {
  const stored = await hash(password, { memoryCost: 19_456, timeCost: 2, parallelism: 1 });
  await database.query("UPDATE users SET password_hash = $2 WHERE id = $1", [person.id, stored]);
}

/** Puts somebody's session into a browser. */
const signInBy = (context: BrowserContext, { cookie }: Person): Promise<void> =>
  context.addCookies([{ ...cookie, domain: "localhost", path: "/", secure: true, httpOnly: true, sameSite: "Lax" }]);

type Options = { role: "user" | "admin"; expectedNoise: RegExp | null };
type Fixtures = { account: Person; person: Person; noise: string[] };

// What a browser says of answers that a journey asked for.
const refusals = /status of (400|401|403|404|409|422|429|503)/;

export const test = base.extend<Fixtures & Options>({
  role: ["user", { option: true }],
  /** Further noise that a journey makes on purpose, such as a dropped connection. */
  expectedNoise: [null, { option: true }],
  /** Somebody who is not signed in here yet. */
  account: async ({ role }, use) => use(await makePerson(role)),
  /** Somebody signed in, in this browser. */
  person: async ({ context, account }, use) => {
    await signInBy(context, account);
    await use(account);
  },
  /** Whatever the browser complains about fails the test: errors of scripts, refused content, warnings of React. */
  noise: [
    async ({ page, expectedNoise }, use) => {
      const noise: string[] = [];
      page.on("console", (message) => {
        if (["error", "warning"].includes(message.type())) noise.push(message.text());
      });
      page.on("pageerror", (error) => noise.push(String(error)));
      page.on("dialog", (dialog) => noise.push(`a dialog: ${dialog.message()}`));
      await use(noise);
      expect(noise.filter((text) => !refusals.test(text) && !expectedNoise?.test(text))).toEqual([]);
    },
    { auto: true },
  ],
});

type Seed = Readonly<{
  due?: string;
  priority?: number;
  tags?: string[];
  estimate?: number;
  description?: string;
  snoozedUntil?: string;
}>;

/** Adds tasks behind the page's back, as another tab would. */
export async function seedTasks(person: Person, titles: readonly string[], seed: Seed = {}): Promise<string[]> {
  const ids = titles.map(() => randomUUID());
  for (const [i, title] of titles.entries())
    await database.query(
      `INSERT INTO tasks (id, user_id, title, priority, due_date, tags, estimate_minutes, description, snoozed_until, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, now() - $10 * interval '1 minute')`,
      [
        ids[i],
        person.id,
        title,
        seed.priority ?? 3,
        seed.due ?? null,
        seed.tags ?? [],
        seed.estimate ?? null,
        seed.description ?? null,
        seed.snoozedUntil ?? null,
        titles.length - i,
      ],
    );
  return ids;
}

/** One task. @returns its id */
export async function seedTask(person: Person, title: string, seed: Seed = {}): Promise<string> {
  const [id = ""] = await seedTasks(person, [title], seed);
  return id;
}

/** The current day in a zone, as `YYYY-MM-DD`. */
export const todayIn = (zone: string): string =>
  new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(new Date());

export const query = async <Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> =>
  (await database.query<Row>(text, values)).rows;

/** Nothing sticks out sideways. */
export const expectNoSidewaysScroll = async (page: Page): Promise<void> =>
  expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(
    0,
  );

export { expect };
