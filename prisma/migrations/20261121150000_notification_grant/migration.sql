-- AlterTable
ALTER TABLE "notifications" ADD COLUMN     "grant_id" UUID;

-- CreateIndex
CREATE INDEX "notifications_grant_id_idx" ON "notifications"("grant_id");

-- AddForeignKey
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_grant_id_fkey" FOREIGN KEY ("grant_id") REFERENCES "grants"("id") ON DELETE CASCADE ON UPDATE CASCADE;
