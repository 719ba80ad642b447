import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Ctx } from "#core/context.ts";
import { type Db, pooled, sql } from "#core/db.ts";
import { taskColumns } from "#features/tasks/data.ts";
import type { Task } from "#features/tasks/schema.ts";
import { actorOf, makePerson, makeProject, makeTasks, type Person } from "#testing/factories.ts";
import { findBest } from "./data.ts";
import { type Candidate, chooseNext } from "./rules.ts";
import { nextTask } from "./service.ts";

const now = new Date("2026-11-20T08:12:00.000Z");

/** A database handle that tells how many statements ran and how many rows came back. */
function counting() {
  const count = { statements: 0, rows: 0 };
  const pool = pooled();
  const db: Db = {
    query: async <Row extends object>(statement: Parameters<Db["query"]>[0], values: readonly unknown[]) => {
      const rows = await pool.query<Row>(statement, values);
      count.statements += 1;
      count.rows += rows.length;
      return rows;
    },
  };
  return { db, count };
}

const ctxOf = (person: Person, values: { zone?: string; fence?: readonly string[]; now?: Date; db?: Db } = {}): Ctx => {
  const { zone = "Asia/Kathmandu", fence = null, db = pooled(), now: at = now } = values;
  return { actor: actorOf(person, { zone, fence }), now: at, db, door: "rest", requestId: randomUUID(), address: null };
};

const all = sql(
  `SELECT ${taskColumns} FROM tasks t WHERE t.user_id = $1::uuid AND ($2::uuid[] IS NULL OR t.project_id = ANY($2::uuid[]))`,
);

/** The answer by reading everything. */
async function bruteForce(ctx: Ctx): Promise<string[]> {
  const tasks = await ctx.db.query<Task>(all, [ctx.actor.userId, ctx.actor.fence]);
  const candidates = tasks.map((task): Candidate => ({ ...task, unblocks: 0, pinned: false }));
  const { best, runnersUp } = chooseNext(candidates, { now: ctx.now, zone: ctx.actor.zone });
  return [...(best ? [best] : []), ...runnersUp].map(({ task }) => task.id);
}

/** How a random account looks: shares of tasks, and over how many days they spread. */
type Account = {
  tasks: number;
  dueDays: number;
  ageDays: number;
  days: number;
  instants: number;
  inProgress: number;
  priorities: number;
};

const insert = sql(`
INSERT INTO tasks (id, user_id, project_id, title, status, priority, due_date, due_at, due_zone, estimate_minutes, snoozed_until, started_at, completed_at, deleted_at, created_at)
SELECT gen_random_uuid(), $1::uuid, CASE WHEN random() < 0.3 THEN $2::uuid END, 'Task ' || n, status, 6 - ceil(random() * $8::float8)::int,
  CASE WHEN due < $5::float8 THEN $10::date + round(($3::float8 * (random() * 1.4 - 0.4)))::int END,
  CASE WHEN due BETWEEN $5::float8 AND $5::float8 + $6::float8 THEN $9::timestamptz + $3::float8 * (random() * 1.4 - 0.4) * interval '1 day' END,
  CASE WHEN due BETWEEN $5::float8 AND $5::float8 + $6::float8 THEN 'UTC' END,
  CASE WHEN random() < 0.6 THEN 1 + floor(random() * 480)::int END,
  CASE WHEN random() < 0.1 THEN $9::timestamptz + (random() - 0.5) * interval '10 days' END,
  CASE WHEN random() < 0.9 THEN $9::timestamptz - random() * random() * $4::float8 * interval '1 day' END,
  CASE WHEN status = 'completed' THEN $9::timestamptz END,
  CASE WHEN random() < 0.05 THEN $9::timestamptz END,
  $9::timestamptz - random() * $4::float8 * interval '1 day'
FROM (SELECT n, random() AS due, CASE WHEN random() < 0.05 THEN 'completed' WHEN random() < $7::float8 THEN 'in_progress' ELSE 'pending' END AS status
      FROM generate_series(1, $11::int) n) random_tasks`);

async function fill(person: Person, projectId: string, account: Account): Promise<void> {
  const { dueDays, ageDays, days, instants, inProgress, priorities, tasks } = account;
  await pooled().query(insert, [
    person.id,
    projectId,
    dueDays,
    ageDays,
    days,
    instants,
    inProgress,
    priorities,
    now,
    now,
    tasks,
  ]);
}

const accounts: [string, Account][] = [
  ["a few tasks", { tasks: 6, dueDays: 10, ageDays: 20, days: 0.4, instants: 0.2, inProgress: 0.2, priorities: 5 }],
  [
    "an ordinary account",
    { tasks: 120, dueDays: 30, ageDays: 60, days: 0.4, instants: 0.2, inProgress: 0.05, priorities: 5 },
  ],
  [
    "a large account",
    { tasks: 3000, dueDays: 90, ageDays: 300, days: 0.4, instants: 0.2, inProgress: 0.01, priorities: 5 },
  ],
  [
    "one priority, all at instants",
    { tasks: 1500, dueDays: 20, ageDays: 25, days: 0, instants: 1, inProgress: 0.02, priorities: 1 },
  ],
  [
    "everything late and old, so that only ties decide",
    { tasks: 1500, dueDays: -400, ageDays: 900, days: 0.5, instants: 0.5, inProgress: 0, priorities: 2 },
  ],
  [
    "half of everything in progress",
    { tasks: 1500, dueDays: 60, ageDays: 60, days: 0.3, instants: 0.3, inProgress: 0.5, priorities: 3 },
  ],
  [
    "due on one day, estimates apart",
    { tasks: 1500, dueDays: 0, ageDays: 0, days: 1, instants: 0, inProgress: 0, priorities: 1 },
  ],
  ["no dates at all", { tasks: 1500, dueDays: 0, ageDays: 200, days: 0, instants: 0, inProgress: 0.02, priorities: 5 }],
  [
    "due so far ahead that it counts nothing",
    { tasks: 1500, dueDays: 3000, ageDays: 90, days: 0.7, instants: 0.3, inProgress: 0, priorities: 1 },
  ],
];

describe("the next task by index", () => {
  it.each(accounts)("is the one that reading everything finds: %s", async (_, account) => {
    const person = await makePerson();
    const projectId = await makeProject(person);
    await fill(person, projectId, account);
    for (const zone of ["Asia/Kathmandu", "Pacific/Pago_Pago", "Pacific/Kiritimati"]) {
      for (const daysLater of [0, 9, 200]) {
        const at = new Date(now.getTime() + daysLater * 86_400_000);
        for (const fence of [undefined, [projectId], []]) {
          const ctx = ctxOf(person, { zone, now: at, ...(fence ? { fence } : {}) });
          expect(await findBest(ctx)).toEqual(await bruteForce(ctx));
        }
      }
    }
  });

  it("reads one statement and a bounded number of rows from 10,000 open tasks", async () => {
    const person = await makePerson();
    await makeTasks(person, 10_000);
    const { db, count } = counting();
    const ctx = ctxOf(person, { db, now: new Date() });
    const found = await findBest(ctx);
    expect(count.statements).toBe(1);
    expect(count.rows).toBeLessThan(300);
    expect(found).toEqual(await bruteForce(ctx));
  });
});

describe("tasks.next", () => {
  it("answers the best task, its statement and three runners-up in order", async () => {
    const person = await makePerson();
    await makeTasks(person, 50);
    const ctx = ctxOf(person, { now: new Date() });
    const next = await nextTask(ctx);
    expect([next.task?.id, ...next.runnersUp.map(({ task }) => task.id)]).toEqual(await bruteForce(ctx));
    const totals = [next.score?.total ?? 0, ...next.runnersUp.map(({ score }) => score.total)];
    expect(totals).toEqual([...totals].sort((a, b) => b - a));
    expect(next.why).toBeNull();
  });

  it("says why there is none: nothing open, or all of it snoozed (design §12)", async () => {
    const person = await makePerson();
    expect(await nextTask(ctxOf(person))).toEqual({
      task: null,
      score: null,
      runnersUp: [],
      gates: { snoozed: 0 },
      why: "No open tasks.",
    });
    await makeTasks(person, 2);
    await pooled().query(sql("UPDATE tasks SET snoozed_until = $2::timestamptz WHERE user_id = $1::uuid"), [
      person.id,
      new Date(now.getTime() + 1),
    ]);
    expect(await nextTask(ctxOf(person))).toMatchObject({
      task: null,
      gates: { snoozed: 2 },
      why: "All 2 open tasks are snoozed.",
    });
    const later = await nextTask(ctxOf(person, { now: new Date(now.getTime() + 1) }));
    expect(later).toMatchObject({ gates: { snoozed: 0 }, why: null, runnersUp: [{}] });
  });

  it("never shows or counts somebody else's tasks, nor what lies outside the fence", async () => {
    const [person, stranger] = [await makePerson(), await makePerson()];
    const projectId = await makeProject(stranger);
    await makeTasks(stranger, 20);
    await pooled().query(
      sql("UPDATE tasks SET snoozed_until = $2::timestamptz WHERE user_id = $1::uuid AND priority = 5"),
      [stranger.id, new Date(now.getTime() + 1)],
    );
    expect(await nextTask(ctxOf(person))).toMatchObject({ task: null, gates: { snoozed: 0 } });
    expect(await nextTask(ctxOf(stranger, { fence: [projectId] }))).toMatchObject({
      task: null,
      gates: { snoozed: 0 },
    });
    expect((await nextTask(ctxOf(stranger))).gates.snoozed).toBe(4);
  });

  it("chooses again when a chosen task was completed in between", async () => {
    const person = await makePerson();
    await makeTasks(person, 8);
    const pool = pooled();
    let statements = 0;
    const complete = sql(
      "UPDATE tasks SET status = 'completed', completed_at = now() WHERE user_id = $1::uuid AND id = $2::uuid",
    );
    const [first] = await findBest(ctxOf(person));
    const db: Db = {
      query: async (statement, values) => {
        statements += 1;
        if (statements === 2) await pool.query(complete, [person.id, first]);
        return pool.query(statement, values);
      },
    };
    const next = await nextTask(ctxOf(person, { db }));
    expect(next.task?.id).not.toBe(first);
    expect([next.task?.id, ...next.runnersUp.map(({ task }) => task.id)]).toEqual(await findBest(ctxOf(person)));
  });
});
