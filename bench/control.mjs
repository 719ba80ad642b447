// The control: what `node:http` and `pg` do for the same table with nothing in between, as anybody would write it. Every figure of
// the bench is a ratio to its list of 50. No session, no validation, no journal. usage: node control.mjs (DATABASE_URL, PORT)
import { randomUUID } from "node:crypto";
import http from "node:http";
import pg from "pg";

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 20, options: "-c timezone=UTC" });

const COLUMNS = `id, title, description, status, priority, due_date AS "dueDate", due_at AS "dueAt", due_zone AS "dueZone",
  estimate_minutes AS "estimateMinutes", tags, project_id AS "projectId", snoozed_until AS "snoozedUntil", started_at AS "startedAt",
  completed_at AS "completedAt", deleted_at AS "deletedAt", version, created_at AS "createdAt", updated_at AS "updatedAt"`;

const LIST = {
  name: "list",
  text: `SELECT ${COLUMNS} FROM tasks WHERE user_id = $1 AND deleted_at IS NULL AND status <> 'completed' ORDER BY created_at DESC, id DESC LIMIT 50`,
};
const CREATE = {
  name: "create",
  text: `INSERT INTO tasks (id, user_id, title, priority, due_date, estimate_minutes, tags) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING ${COLUMNS}`,
};
const COMPLETE = {
  name: "complete",
  text: `UPDATE tasks SET status = 'completed', completed_at = now(), updated_at = now(), version = version + 1
    WHERE id = $1 AND user_id = $2 AND status <> 'completed' RETURNING ${COLUMNS}`,
};

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString("utf8"));
}

const ACTS = {
  async "/list"(_, user) {
    const { rows } = await pool.query({ ...LIST, values: [user] });
    return { items: rows };
  },
  async "/create"(request, user) {
    const { title, priority, dueDate, estimateMinutes, tags } = await bodyOf(request);
    const values = [randomUUID(), user, title, priority, dueDate, estimateMinutes, tags];
    return (await pool.query({ ...CREATE, values })).rows[0];
  },
  async "/complete"(request, user) {
    const { id } = await bodyOf(request);
    return (await pool.query({ ...COMPLETE, values: [id, user] })).rows[0];
  },
};

async function serve(request, response) {
  const [path = "", user] = (request.url ?? "").split("?");
  try {
    const answer = JSON.stringify((await ACTS[path]?.(request, user)) ?? null);
    response.writeHead(200, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(answer) });
    response.end(answer);
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
}

http.createServer((request, response) => void serve(request, response)).listen(Number(process.env.PORT), "127.0.0.1");
