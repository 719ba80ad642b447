-- The next task (features/scoring/data.ts) reads the first rows of each list below, so its cost does not grow with the number
-- of open tasks. An open task is in two of them with a date, in one without, and in one more while in progress. The last
-- column lets Postgres pass over snoozed tasks inside the index.

-- Due on a day: the day, then the longest work first, is the order in which work has to begin, in every zone.
CREATE INDEX "tasks_next_day_idx" ON "tasks"
  (user_id, priority, due_date, estimate_minutes DESC NULLS LAST, created_at, id, (COALESCE(snoozed_until, '-infinity'::timestamptz)))
  WHERE deleted_at IS NULL AND status <> 'completed' AND due_date IS NOT NULL;

-- Due at an instant: when work has to begin at the latest.
CREATE INDEX "tasks_next_instant_idx" ON "tasks"
  (user_id, priority, ((due_at AT TIME ZONE 'UTC') - make_interval(mins => COALESCE(estimate_minutes, 0)::int)), created_at, id, (COALESCE(snoozed_until, '-infinity'::timestamptz)))
  WHERE deleted_at IS NULL AND status <> 'completed' AND due_at IS NOT NULL;

-- With a date, longest open first.
CREATE INDEX "tasks_next_dated_idx" ON "tasks"
  (user_id, priority, created_at, id, (COALESCE(snoozed_until, '-infinity'::timestamptz)))
  WHERE deleted_at IS NULL AND status <> 'completed' AND due_sort < 'infinity';

-- Without a date: most important, then longest open first, is the order of the score itself.
CREATE INDEX "tasks_next_undated_idx" ON "tasks"
  (user_id, priority DESC, created_at, id, (COALESCE(snoozed_until, '-infinity'::timestamptz)))
  WHERE deleted_at IS NULL AND status <> 'completed' AND due_sort = 'infinity';

-- In progress, latest begun first.
CREATE INDEX "tasks_next_started_idx" ON "tasks"
  (user_id, started_at DESC NULLS LAST, created_at, id, (COALESCE(snoozed_until, '-infinity'::timestamptz)))
  WHERE deleted_at IS NULL AND status = 'in_progress';
