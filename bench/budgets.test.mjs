// What an act may cost, counted and never timed: SQL statements seen on the wire, bytes and elements of a page (design §14).
import fs from "node:fs";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startCluster } from "../src/testing/cluster.ts";
import { firstLoad } from "./first-load.mjs";
import { fill } from "./people.mjs";
import { countStatements } from "./statements.mjs";

const budgets = JSON.parse(fs.readFileSync(new URL("budgets.json", import.meta.url), "utf8"));
const PAGE = "/today";

let counter;
let cluster;
let pool;
let person;

beforeAll(async () => {
  pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 2 });
  // The database may be dropped before its last connection is closed.
  pool.on("error", () => undefined);
  const session = { secret: process.env.AUTH_SECRET, cookieName: "__Host-mindflow.session" };
  const groups = await fill(pool, session, { visitors: { people: 1, tasks: 50, today: true } });
  [person] = groups.visitors;
  counter = await countStatements(process.env.DATABASE_URL);
  cluster = await startCluster({ DATABASE_URL: counter.url });
});
afterAll(async () => {
  await cluster?.stop();
  await counter?.stop();
  await pool?.end();
});

async function ask(path, init = {}) {
  // One of the servers by the name that the other knows: pages asked for under another name are sent on.
  const base = cluster.servers[0].url.replace("127.0.0.1", "localhost");
  const headers = { cookie: person.cookie, origin: cluster.url, ...init.headers };
  const response = await fetch(`${base}${path}`, { ...init, headers, redirect: "manual" });
  await response.arrayBuffer();
  return response.status;
}

const query = (name, input) => () => ask(`/api/trpc/${name}?input=${encodeURIComponent(JSON.stringify(input))}`);
const mutation = (name, input) => () =>
  ask(`/api/trpc/${name}`, {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": crypto.randomUUID() },
    body: JSON.stringify(typeof input === "function" ? input() : input),
  });

/** Statements of one act, once its connection has prepared what is prepared once. */
async function statementsOf(act) {
  await act();
  counter.take();
  expect(await act()).toBe(200);
  return counter.take();
}

describe("SQL statements of an act, BEGIN and COMMIT included, the check of the session among them", () => {
  let next = 0;
  const task = () => ({ id: person.tasks[next++] });
  test.each([
    ["tasks.list", query("tasks.list", { view: "all" })],
    ["tasks.get", () => query("tasks.get", { id: person.tasks[0] })()],
    ["tasks.next", query("tasks.next", {})],
    ["tasks.create", mutation("tasks.create", { title: "Order two vitrines", tags: ["museum"] })],
    ["tasks.complete", mutation("tasks.complete", task)],
    ["tasks.snooze", mutation("tasks.snooze", () => ({ ...task(), minutes: 60 }))],
    [`page ${PAGE}`, () => ask(PAGE)],
  ])("%s stays within its budget", async (name, act) => {
    const statements = await statementsOf(act);
    expect(statements.length, statements.join("\n\n")).toBeLessThanOrEqual(budgets.statements[name]);
    expect(statements.length).toBeGreaterThan(0);
  });
});

describe(`${PAGE} with fifty rows`, () => {
  test("loads no more JavaScript than its budget, and has no more elements", async () => {
    await pool.query("UPDATE tasks SET status = 'pending', completed_at = NULL, snoozed_until = NULL");
    const load = await firstLoad(cluster.url, PAGE, person.cookie);
    expect(load.scripts.length).toBeGreaterThan(3);
    expect(load.javascriptKb - budgets.emptyAppJavascriptKb, JSON.stringify(load.scripts, null, 1)).toBeLessThanOrEqual(
      budgets.javascriptAboveEmptyKb,
    );
    expect(load.elements).toBeGreaterThan(300);
    expect(load.elements).toBeLessThanOrEqual(budgets.elementsOfPage);
  });
});
