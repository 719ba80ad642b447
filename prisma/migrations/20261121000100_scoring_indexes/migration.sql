-- The next task (features/scoring/data.ts) reads the first rows of each list below, per status and priority, so its cost does
-- not grow with the number of open tasks. An open task is in two of them, in three while in progress. The last column lets
-- Postgres pass over snoozed tasks inside the index.

-- Due on a day: the day, then the longest work first, is the order in which work has to begin, in every zone.
CREATE INDEX "tasks_next_day_idx" ON "tasks"
  (user_id, status, priority, due_date, estimate_minutes DESC NULLS LAST, created_at, id, (COALESCE(snoozed_until, '-infinity'::timestamptz)))
  WHERE deleted_at IS NULL AND status <> 'completed' AND due_date IS NOT NULL;

-- Due at an instant: when work has to begin at the latest.
CREATE INDEX "tasks_next_instant_idx" ON "tasks"
  (user_id, status, priority, ((due_at AT TIME ZONE 'UTC') - make_interval(mins => COALESCE(estimate_minutes, 0)::int)), created_at, id, (COALESCE(snoozed_until, '-infinity'::timestamptz)))
  WHERE deleted_at IS NULL AND status <> 'completed' AND due_at IS NOT NULL;

-- Longest open first, with and without a date.
CREATE INDEX "tasks_next_dated_idx" ON "tasks"
  (user_id, status, priority, created_at, id, (COALESCE(snoozed_until, '-infinity'::timestamptz)))
  WHERE deleted_at IS NULL AND status <> 'completed' AND due_sort < 'infinity';
CREATE INDEX "tasks_next_undated_idx" ON "tasks"
  (user_id, status, priority, created_at, id, (COALESCE(snoozed_until, '-infinity'::timestamptz)))
  WHERE deleted_at IS NULL AND status <> 'completed' AND due_sort = 'infinity';

-- Latest begun first.
CREATE INDEX "tasks_next_started_idx" ON "tasks"
  (user_id, priority, started_at DESC NULLS LAST, created_at, id, (COALESCE(snoozed_until, '-infinity'::timestamptz)))
  WHERE deleted_at IS NULL AND status = 'in_progress';
