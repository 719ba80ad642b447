-- AlterTable
ALTER TABLE "audit_events" ADD COLUMN     "grant_id" UUID;

-- AlterTable
ALTER TABLE "users" ADD COLUMN     "credentials_changed_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "grants" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "client_id" VARCHAR(255) NOT NULL,
    "client_name" VARCHAR(255) NOT NULL,
    "client_host" VARCHAR(255),
    "trust" VARCHAR(20) NOT NULL,
    "redirect_uri" VARCHAR(2048) NOT NULL,
    "color" SMALLINT NOT NULL,
    "approved" VARCHAR(40)[],
    "scopes" VARCHAR(40)[],
    "projects" UUID[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3),
    "paused_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "ended_by" VARCHAR(20),
    "last_used_at" TIMESTAMPTZ(3),
    "first_write_at" TIMESTAMPTZ(3),

    CONSTRAINT "grants_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "oauth_records" (
    "model" VARCHAR(40) NOT NULL,
    "id" VARCHAR(64) NOT NULL,
    "payload" JSONB NOT NULL,
    "user_id" UUID,
    "grant_id" UUID,
    "client_id" VARCHAR(255),
    "uid" VARCHAR(64),
    "consumed_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "oauth_records_pkey" PRIMARY KEY ("model","id")
);

-- CreateTable
CREATE TABLE "signing_keys" (
    "kid" VARCHAR(64) NOT NULL,
    "sealed" TEXT NOT NULL,
    "public_jwk" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3),

    CONSTRAINT "signing_keys_pkey" PRIMARY KEY ("kid")
);

-- CreateTable
CREATE TABLE "read_receipts" (
    "user_id" UUID NOT NULL,
    "grant_id" UUID NOT NULL,
    "tool" VARCHAR(60) NOT NULL,
    "minute" TIMESTAMPTZ(3) NOT NULL,
    "calls" INTEGER NOT NULL,
    "tasks" INTEGER NOT NULL,
    "task_ids" UUID[],

    CONSTRAINT "read_receipts_pkey" PRIMARY KEY ("user_id","grant_id","minute","tool")
);

-- CreateIndex
CREATE INDEX "grants_user_id_created_at_idx" ON "grants"("user_id", "created_at");

-- CreateIndex
CREATE INDEX "grants_client_id_idx" ON "grants"("client_id");

-- CreateIndex
CREATE INDEX "oauth_records_user_id_idx" ON "oauth_records"("user_id");

-- CreateIndex
CREATE INDEX "oauth_records_grant_id_idx" ON "oauth_records"("grant_id");

-- CreateIndex
CREATE INDEX "oauth_records_model_uid_idx" ON "oauth_records"("model", "uid");

-- CreateIndex
CREATE INDEX "oauth_records_expires_at_idx" ON "oauth_records"("expires_at");

-- CreateIndex
CREATE INDEX "read_receipts_grant_id_idx" ON "read_receipts"("grant_id");

-- CreateIndex
CREATE INDEX "audit_events_user_id_grant_id_created_at_idx" ON "audit_events"("user_id", "grant_id", "created_at");

-- CreateIndex
CREATE INDEX "operations_user_id_grant_id_created_at_idx" ON "operations"("user_id", "grant_id", "created_at");

-- AddForeignKey
ALTER TABLE "grants" ADD CONSTRAINT "grants_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "oauth_records" ADD CONSTRAINT "oauth_records_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "oauth_records" ADD CONSTRAINT "oauth_records_grant_id_fkey" FOREIGN KEY ("grant_id") REFERENCES "grants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "read_receipts" ADD CONSTRAINT "read_receipts_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "read_receipts" ADD CONSTRAINT "read_receipts_grant_id_fkey" FOREIGN KEY ("grant_id") REFERENCES "grants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma cannot say.
ALTER TABLE "grants"
  ADD CONSTRAINT "grants_trust_check" CHECK (trust IN ('verified', 'domain', 'self')),
  ADD CONSTRAINT "grants_color_check" CHECK (color BETWEEN 0 AND 5),
  ADD CONSTRAINT "grants_scopes_check" CHECK (scopes <@ approved),
  ADD CONSTRAINT "grants_ended_check" CHECK ((ended_at IS NULL) = (ended_by IS NULL));
