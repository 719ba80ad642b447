import "server-only";
import type { prisma } from "#core/db.ts";
import { newId } from "#core/id.ts";

/** What happened to an account or a credential: who, what, from where. Never a value, never a secret (design §7). */
export type AuditRecord = Readonly<{
  userId: string | null;
  via: "browser" | "system";
  /** Noun and verb, e.g. `session.created`. */
  action: string;
  resourceId?: string | null;
  result?: "success" | "refused";
  /** The error code of a refusal. */
  code?: string | null;
  requestId: string;
  address?: string | null;
}>;

/** Appends to the audit in the caller's own transaction: the act and its record are both there or both not. */
export async function recordAudit(
  tx: Pick<ReturnType<typeof prisma>, "auditEvent">,
  record: AuditRecord,
): Promise<void> {
  const { resourceId = null, result = "success", code = null, address = null, ...rest } = record;
  await tx.auditEvent.create({
    data: { id: newId(), ...rest, resourceId, result, code, address },
    select: { id: true },
  });
}
