// Who is measured: people with tasks and a session each, one for every connection, so that no two wait for one row.

import { encode } from "@auth/core/jwt";
import { hash } from "@node-rs/argon2";

/** What the sign-in form is filled in with. */
export const PASSWORD = "a walk along the harbour";

/** How many people, and what lies in their accounts. */
const GROUPS = {
  readers: { people: 16, tasks: 1000 },
  writers: { people: 16, tasks: 200 },
  finishers: { people: 16, tasks: 1500 },
  snoozers: { people: 16, tasks: 300 },
  // The ten thousand open tasks.
  deciders: { people: 4, tasks: 10_000 },
  // Each has an assistant connected; the deciders too.
  assisted: { people: 16, tasks: 1000 },
  visitors: { people: 16, tasks: 50, today: true },
  signers: { people: 16, tasks: 0, password: true },
  bareWriters: { people: 16, tasks: 200 },
  bareFinishers: { people: 16, tasks: 1500 },
};

const USERS = `
INSERT INTO users (id, email, name, time_zone, password_hash)
SELECT uuidv7(), lower($1) || '-' || n || '@example.com', 'Mara Lindqvist', 'Europe/Lisbon', $3 FROM generate_series(1, $2::int) n
RETURNING id, email`;

// A week's worth of ordinary tasks: a third with a day, some with an estimate, notes and tags; about 22 kB of JSON for fifty.
const TASKS = `
INSERT INTO tasks (id, user_id, title, description, priority, due_date, estimate_minutes, tags, created_at, updated_at)
SELECT uuidv7(), u.id, 'Order the vitrines for room ' || n || ' and ask Ana for the figures', CASE WHEN n % 5 = 0 THEN 'Two offers at least; the last one was late.' END,
  1 + n % 5, CASE WHEN $3 THEN (now() AT TIME ZONE 'Europe/Lisbon')::date WHEN n % 3 = 0 THEN current_date + (n % 60) - 10 END,
  CASE WHEN n % 4 = 0 THEN 15 + n % 90 END, CASE WHEN n % 2 = 0 THEN ARRAY['museum', 'q' || 1 + n % 4] ELSE ARRAY[]::varchar[] END,
  now() - n * interval '7 minutes', now()
FROM unnest($1::uuid[]) AS u(id) CROSS JOIN generate_series(1, $2::int) n`;

const SESSIONS = `
INSERT INTO sessions (id, user_id, user_agent, address, expires_at)
SELECT uuidv7(), u.id, 'bench', '127.0.0.1', now() + interval '30 days' FROM unnest($1::uuid[]) AS u(id) RETURNING id, user_id`;

const IDS =
  "SELECT user_id, array_agg(id ORDER BY id) AS ids FROM tasks WHERE user_id = ANY($1::uuid[]) GROUP BY user_id";

/**
 * Fills the database.
 * @param {import("pg").Pool} pool
 * @param {{ secret: string, cookieName: string }} session with which the cookies are sealed, as next-auth does
 * @param {Record<string, { people: number, tasks: number, today?: boolean, password?: boolean }>} [wanted]
 * @returns by group: people with `id`, `email`, `cookie` and the ids of their `tasks`
 */
export async function fill(pool, { secret, cookieName }, wanted = GROUPS) {
  const passwordHash = await hash(PASSWORD, { memoryCost: 19_456, timeCost: 2, parallelism: 1 });
  const groups = {};
  for (const [name, { people, tasks, today = false, password = false }] of Object.entries(wanted)) {
    const { rows: users } = await pool.query(USERS, [name, people, password ? passwordHash : null]);
    const ids = users.map(({ id }) => id);
    await pool.query(TASKS, [ids, tasks, today]);
    const sessions = new Map((await pool.query(SESSIONS, [ids])).rows.map((row) => [row.user_id, row.id]));
    const owned = new Map((await pool.query(IDS, [ids])).rows.map((row) => [row.user_id, row.ids]));
    groups[name] = await Promise.all(
      users.map(async ({ id, email }) => {
        const token = await encode({ token: { sub: id, sid: sessions.get(id) }, secret, salt: cookieName });
        return { id, email, cookie: `${cookieName}=${token}`, tasks: owned.get(id) ?? [] };
      }),
    );
  }
  await pool.query("VACUUM ANALYZE");
  return groups;
}

const REOPEN = `UPDATE tasks SET status = 'pending', completed_at = NULL WHERE user_id = ANY($1::uuid[]) AND status = 'completed'`;

/** Makes what was completed open again, so that a round begins as the one before. */
export const reopenAll = (pool, people) => pool.query(REOPEN, [people.map(({ id }) => id)]);
