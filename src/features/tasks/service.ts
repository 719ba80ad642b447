import "server-only";
import { type MutationCtx, owned, ownerOf } from "#core/context.ts";
import { type Sql, sql } from "#core/db.ts";
import { AppError, invalid, notFound } from "#core/errors.ts";
import { newId } from "#core/id.ts";
import { messages } from "./messages.ts";
import { assignments, completePatch, resolveDue } from "./rules.ts";
import { type Task, type TaskContent, type TaskPatch, taskSchema } from "./schema.ts";

type Row = Record<string, unknown>;
type Touched = { before: Row; after: Row | null };

const camel = (name: string) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
const instants = new Set([
  "due_at",
  "snoozed_until",
  "started_at",
  "completed_at",
  "deleted_at",
  "created_at",
  "updated_at",
]);

/** A row as `to_jsonb` gives it, as the DTO: Postgres writes `+00:00` there, we write `Z`. */
function toTask(row: Row): Task {
  const dto = Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      camel(name),
      instants.has(name) && typeof value === "string" ? new Date(value).toISOString() : value,
    ]),
  );
  return taskSchema.parse(dto);
}

// $1 owner, $2 fence, $3 the new tasks as JSON. A project that is not the owner's, or outside the fence, is not there.
const insert = sql(`
INSERT INTO tasks AS t (id, user_id, project_id, title, description, priority, due_date, due_at, due_zone, estimate_minutes, tags, created_at, updated_at)
SELECT n.id, $1::uuid, n.project_id, n.title, n.description, n.priority, n.due_date, n.due_at, n.due_zone, n.estimate_minutes, n.tags, n.created_at, n.created_at
FROM jsonb_to_recordset($3::jsonb) AS n(id uuid, project_id uuid, title text, description text, priority smallint, due_date date,
  due_at timestamptz, due_zone text, estimate_minutes smallint, tags varchar[], created_at timestamptz)
WHERE ($2::uuid[] IS NULL OR n.project_id = ANY($2::uuid[]))
  AND (n.project_id IS NULL OR EXISTS (SELECT FROM projects p WHERE p.id = n.project_id AND p.user_id = $1::uuid))
RETURNING to_jsonb(t) AS after`);

type NewTask = Omit<TaskContent, "reason">;

/** Adds tasks in one statement. @returns one for each, in their order; nothing where its project is not there for this actor */
async function addTasks(ctx: MutationCtx, contents: readonly NewTask[]): Promise<(Task | null)[]> {
  const rows = contents.map((content) => {
    const due = resolveDue(content, ctx.actor.zone);
    return {
      id: newId(),
      title: content.title,
      description: content.description || null,
      priority: content.priority,
      due_date: due.dueDate ?? null,
      due_at: due.dueAt ?? null,
      due_zone: due.dueZone ?? null,
      estimate_minutes: content.estimateMinutes,
      tags: content.tags,
      project_id: content.projectId,
      created_at: ctx.now,
    };
  });
  const inserted = await ctx.db.query<{ after: Row }>(insert, [...ownerOf(ctx.actor), JSON.stringify(rows)]);
  const byId = new Map(inserted.map(({ after }) => [after.id, after]));
  return rows.map(({ id }) => {
    const after = byId.get(id);
    if (!after) return null;
    ctx.recorder.changed({ entity: "task", id, versionBefore: null, versionAfter: 1, before: null, after });
    return toTask(after);
  });
}

/** Adds a task. @throws VALIDATION_ERROR on `projectId` when there is no such project for this actor */
export async function createTask(ctx: MutationCtx, { reason, ...content }: TaskContent): Promise<Task> {
  const [task] = await addTasks(ctx, [content]);
  if (!task) throw invalid("projectId", messages.errors.noSuchProject);
  ctx.recorder.because(reason);
  return task;
}

/** Adds many tasks as one operation, all or none. @throws VALIDATION_ERROR on the first whose project is not there */
export async function createTasks(
  ctx: MutationCtx,
  { tasks, reason }: { tasks: readonly NewTask[]; reason?: string | undefined },
): Promise<{ items: Task[] }> {
  const items = (await addTasks(ctx, tasks)).map((task, at) => {
    if (!task) throw invalid(`tasks.${at}.projectId`, messages.errors.noSuchProject);
    return task;
  });
  ctx.recorder.because(reason);
  return { items };
}

/**
 * One statement that locks a task, changes it where `guard` holds, and returns it before and after. `b` is the row before.
 * Parameters: $1 owner, $2 fence, $3 id, $4 now, then the caller's.
 */
const touch = (set: string, guard: string, state: string): Sql =>
  sql(`
WITH b AS (SELECT t.* FROM tasks t WHERE ${owned("t")} AND t.id = $3::uuid AND ${state} FOR UPDATE),
a AS (UPDATE tasks t SET ${set}, version = t.version + 1, updated_at = $4::timestamptz FROM b WHERE t.id = b.id AND (${guard}) RETURNING t.*)
SELECT to_jsonb(b) AS before, to_jsonb(a) AS after FROM b LEFT JOIN a ON true`);

const alive = "t.deleted_at IS NULL";

/** Runs a `touch` and records the change; a guard that did not hold leaves the row as it is, without a journal entry. */
async function act(ctx: MutationCtx, statement: Sql, id: string, reason: string | undefined, values: unknown[] = []) {
  const [row] = await ctx.db.query<Touched>(statement, [...ownerOf(ctx.actor), id, ctx.now, ...values]);
  if (!row) throw notFound();
  if (row.after) {
    ctx.recorder.because(reason);
    ctx.recorder.changed({
      entity: "task",
      id,
      versionBefore: Number(row.before.version),
      versionAfter: Number(row.after.version),
      before: row.before,
      after: row.after,
    });
  }
  return { task: toTask(row.after ?? row.before), changed: row.after !== null };
}

type Ref = { id: string; reason?: string | undefined };

/** Changes what the patch names. @throws CONFLICT when `version` is given and the task has moved on */
export async function updateTask(ctx: MutationCtx, patch: TaskPatch): Promise<Task> {
  const { set, differs, values } = assignments(completePatch(patch, ctx.actor.zone), 6);
  if (values.length === 0) throw invalid("", messages.errors.nothingToChange);
  const project = patch.projectId === undefined ? "true" : `$${values.push(patch.projectId) + 5}::uuid`;
  const mayMove =
    project === "true"
      ? "true"
      : `(($2::uuid[] IS NULL OR ${project} = ANY($2::uuid[])) AND (${project} IS NULL OR EXISTS (SELECT FROM projects p WHERE p.id = ${project} AND p.user_id = $1::uuid)))`;
  const statement = touch(set, `($5::int IS NULL OR b.version = $5::int) AND (${differs}) AND ${mayMove}`, alive);
  const { task, changed } = await act(ctx, statement, patch.id, patch.reason, [patch.version ?? null, ...values]);
  if (changed) return task;
  if (patch.version !== undefined && task.version !== patch.version)
    throw new AppError("CONFLICT", messages.errors.changedMeanwhile, {
      details: [{ field: "version", message: `It is ${task.version} now.` }],
    });
  if (patch.projectId !== undefined && task.projectId !== patch.projectId)
    throw invalid("projectId", messages.errors.noSuchProject);
  return task;
}

/** Replaces the content of a task: what is left out goes back to its default (the schema filled it in). */
export const replaceTask = (ctx: MutationCtx, input: TaskContent & Pick<TaskPatch, "id" | "version">): Promise<Task> =>
  updateTask(ctx, input);

const complete = touch(
  "status = 'completed', completed_at = $4::timestamptz, snoozed_until = NULL",
  "b.status <> 'completed'",
  alive,
);
const reopen = touch("status = 'pending', completed_at = NULL", "b.status = 'completed'", alive);
const snooze = touch("snoozed_until = $5::timestamptz", "b.status <> 'completed'", alive);
const remove = touch("deleted_at = $4::timestamptz, deleted_by = $1::uuid", "true", alive);
const restore = touch("deleted_at = NULL, deleted_by = NULL", "b.deleted_at IS NOT NULL", "true");

/** Completing twice is safe and keeps the first time (requirements M-87). */
export const completeTask = async (ctx: MutationCtx, { id, reason }: Ref): Promise<Task> =>
  (await act(ctx, complete, id, reason)).task;

/** Reopening an open task changes nothing. */
export const reopenTask = async (ctx: MutationCtx, { id, reason }: Ref): Promise<Task> =>
  (await act(ctx, reopen, id, reason)).task;

/** Moves a task to the trash, where it is kept for 30 days. */
export const deleteTask = async (ctx: MutationCtx, { id, reason }: Ref): Promise<Task> =>
  (await act(ctx, remove, id, reason)).task;

/** Takes a task out of the trash. @throws CONFLICT when it is not there */
export async function restoreTask(ctx: MutationCtx, { id, reason }: Ref): Promise<Task> {
  const { task, changed } = await act(ctx, restore, id, reason);
  if (!changed) throw new AppError("CONFLICT", messages.errors.notInTrash);
  return task;
}

const defaultSnoozeMinutes = 180;
const longestSnoozeMs = 5 * 366 * 24 * 3_600_000;

/**
 * Hides a task until an instant; snoozing again replaces the former one. It returns by itself, because lists compare with
 * the clock (requirements M-83, M-88). @throws CONFLICT for a completed task
 */
export async function snoozeTask(
  ctx: MutationCtx,
  input: Ref & { until?: string | undefined; minutes?: number | undefined },
): Promise<Task> {
  const until = input.until
    ? new Date(input.until)
    : new Date(ctx.now.getTime() + (input.minutes ?? defaultSnoozeMinutes) * 60_000);
  if (until <= ctx.now) throw invalid("until", messages.errors.snoozeInPast);
  if (until.getTime() - ctx.now.getTime() > longestSnoozeMs) throw invalid("until", messages.errors.snoozeTooFar);
  const { task, changed } = await act(ctx, snooze, input.id, input.reason, [until]);
  if (!changed) throw new AppError("CONFLICT", messages.errors.completedCannotSnooze);
  return task;
}
