-- CreateTable
CREATE TABLE "users" (
    "id" UUID NOT NULL,
    "email" VARCHAR(255) NOT NULL,
    "email_verified_at" TIMESTAMPTZ(3),
    "name" VARCHAR(100) NOT NULL,
    "password_hash" VARCHAR(255),
    "role" VARCHAR(20) NOT NULL DEFAULT 'user',
    "time_zone" VARCHAR(50) NOT NULL DEFAULT 'UTC',
    "theme" VARCHAR(10) NOT NULL DEFAULT 'system',
    "banned_until" TIMESTAMPTZ(3),
    "deleted_at" TIMESTAMPTZ(3),
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sessions" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "user_agent" VARCHAR(500),
    "address" VARCHAR(45),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "sessions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "verification_tokens" (
    "identifier" VARCHAR(100) NOT NULL,
    "token" VARCHAR(64) NOT NULL,
    "expires" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "verification_tokens_pkey" PRIMARY KEY ("identifier","token")
);

-- CreateTable
CREATE TABLE "invites" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "token_hash" VARCHAR(64) NOT NULL,
    "email" VARCHAR(255),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),
    "used_by" UUID,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "invites_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "projects" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "name" VARCHAR(100) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "projects_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "tasks" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "project_id" UUID,
    "title" VARCHAR(200) NOT NULL,
    "description" VARCHAR(2000),
    "status" VARCHAR(20) NOT NULL DEFAULT 'pending',
    "priority" SMALLINT NOT NULL DEFAULT 3,
    "due_date" DATE,
    "due_at" TIMESTAMPTZ(3),
    "due_zone" VARCHAR(50),
    "due_sort" TIMESTAMPTZ(3) GENERATED ALWAYS AS (COALESCE(due_at, timezone('UTC'::text, (due_date + 1)::timestamp), 'infinity'::timestamptz)) STORED,
    "estimate_minutes" SMALLINT,
    "tags" VARCHAR(50)[] DEFAULT ARRAY[]::VARCHAR(50)[],
    "snoozed_until" TIMESTAMPTZ(3),
    "started_at" TIMESTAMPTZ(3),
    "completed_at" TIMESTAMPTZ(3),
    "deleted_at" TIMESTAMPTZ(3),
    "deleted_by" UUID,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "tasks_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "operations" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "actor" VARCHAR(20) NOT NULL,
    "via" VARCHAR(20) NOT NULL,
    "session_id" UUID,
    "client_id" VARCHAR(255),
    "grant_id" UUID,
    "capability" VARCHAR(60) NOT NULL,
    "reason" VARCHAR(500),
    "request_id" VARCHAR(64) NOT NULL,
    "status" VARCHAR(20) NOT NULL DEFAULT 'done',
    "undoes" UUID,
    "undone_by" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "operations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "changes" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "operation_id" UUID NOT NULL,
    "entity" VARCHAR(30) NOT NULL,
    "entity_id" UUID NOT NULL,
    "version_before" INTEGER,
    "version_after" INTEGER NOT NULL,
    "before" JSONB,
    "after" JSONB NOT NULL,

    CONSTRAINT "changes_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_events" (
    "id" UUID NOT NULL,
    "user_id" UUID,
    "via" VARCHAR(20) NOT NULL,
    "action" VARCHAR(100) NOT NULL,
    "resource_id" UUID,
    "result" VARCHAR(20) NOT NULL,
    "code" VARCHAR(30),
    "request_id" VARCHAR(64) NOT NULL,
    "address" VARCHAR(45),
    "duration_ms" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "audit_events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "notifications" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "type" VARCHAR(50) NOT NULL,
    "title" VARCHAR(200) NOT NULL,
    "message" VARCHAR(1000) NOT NULL,
    "task_id" UUID,
    "operation_id" UUID,
    "read_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "notifications_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "outbox" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "topic" VARCHAR(60) NOT NULL,
    "payload" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "processed_at" TIMESTAMPTZ(3),

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "idempotency_keys" (
    "user_id" UUID NOT NULL,
    "subject" VARCHAR(60) NOT NULL,
    "key" VARCHAR(255) NOT NULL,
    "capability" VARCHAR(60) NOT NULL,
    "args_hash" VARCHAR(64) NOT NULL,
    "response" JSONB,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY ("user_id","subject","key")
);

-- CreateTable
CREATE UNLOGGED TABLE "rate_limits" (
    "key" TEXT NOT NULL,
    "win" DECIMAL NOT NULL,
    "weight" DECIMAL NOT NULL,
    "cur" INTEGER NOT NULL,
    "prev" INTEGER NOT NULL,
    "ok" BOOLEAN NOT NULL,
    "expires" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "rate_limits_pkey" PRIMARY KEY ("key")
);

-- CreateIndex
CREATE UNIQUE INDEX "users_email_key" ON "users"("email");

-- CreateIndex
CREATE INDEX "sessions_user_id_created_at_idx" ON "sessions"("user_id", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "verification_tokens_token_key" ON "verification_tokens"("token");

-- CreateIndex
CREATE UNIQUE INDEX "invites_token_hash_key" ON "invites"("token_hash");

-- CreateIndex
CREATE INDEX "invites_user_id_created_at_idx" ON "invites"("user_id", "created_at");

-- CreateIndex
CREATE INDEX "projects_user_id_created_at_idx" ON "projects"("user_id", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "projects_id_user_id_key" ON "projects"("id", "user_id");

-- CreateIndex
CREATE INDEX "tasks_user_id_created_at_id_idx" ON "tasks"("user_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "tasks_user_id_status_idx" ON "tasks"("user_id", "status");

-- CreateIndex
CREATE INDEX "operations_user_id_created_at_id_idx" ON "operations"("user_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "changes_user_id_operation_id_idx" ON "changes"("user_id", "operation_id");

-- CreateIndex
CREATE INDEX "changes_user_id_entity_id_idx" ON "changes"("user_id", "entity_id");

-- CreateIndex
CREATE INDEX "changes_operation_id_idx" ON "changes"("operation_id");

-- CreateIndex
CREATE INDEX "audit_events_user_id_created_at_idx" ON "audit_events"("user_id", "created_at");

-- CreateIndex
CREATE INDEX "audit_events_action_idx" ON "audit_events"("action");

-- CreateIndex
CREATE INDEX "notifications_user_id_created_at_id_idx" ON "notifications"("user_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "notifications_task_id_idx" ON "notifications"("task_id");

-- CreateIndex
CREATE INDEX "outbox_user_id_created_at_idx" ON "outbox"("user_id", "created_at");

-- CreateIndex
CREATE INDEX "idempotency_keys_expires_at_idx" ON "idempotency_keys"("expires_at");

-- CreateIndex
CREATE INDEX "rate_limits_expires_idx" ON "rate_limits"("expires");

-- AddForeignKey
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invites" ADD CONSTRAINT "invites_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invites" ADD CONSTRAINT "invites_used_by_fkey" FOREIGN KEY ("used_by") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "projects" ADD CONSTRAINT "projects_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tasks" ADD CONSTRAINT "tasks_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tasks" ADD CONSTRAINT "tasks_project_id_user_id_fkey" FOREIGN KEY ("project_id", "user_id") REFERENCES "projects"("id", "user_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "operations" ADD CONSTRAINT "operations_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "changes" ADD CONSTRAINT "changes_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "changes" ADD CONSTRAINT "changes_operation_id_fkey" FOREIGN KEY ("operation_id") REFERENCES "operations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "audit_events" ADD CONSTRAINT "audit_events_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "tasks"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "outbox" ADD CONSTRAINT "outbox_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "idempotency_keys" ADD CONSTRAINT "idempotency_keys_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What schema.prisma cannot say.

ALTER TABLE "users"
  ADD CONSTRAINT "users_role_check" CHECK (role IN ('user', 'admin')),
  ADD CONSTRAINT "users_theme_check" CHECK (theme IN ('system', 'light', 'dark')),
  ADD CONSTRAINT "users_name_check" CHECK (char_length(name) BETWEEN 2 AND 100),
  ADD CONSTRAINT "users_email_check" CHECK (email = lower(email));

ALTER TABLE "tasks"
  ADD CONSTRAINT "tasks_title_check" CHECK (char_length(title) BETWEEN 1 AND 200 AND title = btrim(title)),
  ADD CONSTRAINT "tasks_status_check" CHECK (status IN ('pending', 'in_progress', 'completed')),
  ADD CONSTRAINT "tasks_priority_check" CHECK (priority BETWEEN 1 AND 5),
  ADD CONSTRAINT "tasks_estimate_check" CHECK (estimate_minutes BETWEEN 1 AND 480),
  ADD CONSTRAINT "tasks_due_check" CHECK (num_nonnulls(due_date, due_at) <= 1 AND (due_at IS NULL) = (due_zone IS NULL)),
  ADD CONSTRAINT "tasks_completed_check" CHECK ((status = 'completed') = (completed_at IS NOT NULL)),
  ADD CONSTRAINT "tasks_tags_check" CHECK (cardinality(tags) <= 20 AND array_position(tags, NULL) IS NULL),
  ADD CONSTRAINT "tasks_version_check" CHECK (version > 0);

ALTER TABLE "operations"
  ADD CONSTRAINT "operations_actor_check" CHECK (actor IN ('person', 'assistant', 'key', 'system')),
  ADD CONSTRAINT "operations_status_check" CHECK (status IN ('done', 'undone', 'partly_undone'));

-- Open lists, by age and by due date; the trash; what was done.
CREATE INDEX "tasks_open_created_idx" ON "tasks" (user_id, created_at, id) WHERE deleted_at IS NULL AND status <> 'completed';
CREATE INDEX "tasks_open_due_idx" ON "tasks" (user_id, due_sort, id) WHERE deleted_at IS NULL AND status <> 'completed';
CREATE INDEX "tasks_snoozed_idx" ON "tasks" (user_id, snoozed_until) INCLUDE (project_id) WHERE deleted_at IS NULL AND status <> 'completed' AND snoozed_until IS NOT NULL;
CREATE INDEX "tasks_trash_idx" ON "tasks" (user_id, deleted_at, id) WHERE deleted_at IS NOT NULL;
CREATE INDEX "tasks_done_idx" ON "tasks" (user_id, completed_at, id) WHERE deleted_at IS NULL AND status = 'completed';
CREATE INDEX "notifications_unread_idx" ON "notifications" (user_id) WHERE read_at IS NULL;
CREATE INDEX "audit_events_refused_idx" ON "audit_events" (user_id, created_at) WHERE result <> 'success';
CREATE INDEX "outbox_waiting_idx" ON "outbox" (created_at) WHERE processed_at IS NULL;

-- The audit is append-only: the one change allowed is that deleting an account forgets whose event it was.
CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.user_id IS NULL AND to_jsonb(NEW) - 'user_id' = to_jsonb(OLD) - 'user_id' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'audit_events is append-only';
END $$;
CREATE TRIGGER "audit_events_append_only" BEFORE UPDATE OR DELETE ON "audit_events"
  FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER "audit_events_no_truncate" BEFORE TRUNCATE ON "audit_events"
  FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
