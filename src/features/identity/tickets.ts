import "server-only";
import { createHash, randomBytes } from "node:crypto";
import { clientAddress } from "#core/address.ts";
import { prisma } from "#core/db.ts";
import { newId } from "#core/id.ts";
import { recordAudit } from "#features/journal/audit.ts";
import { notificationText } from "#features/notifications/messages.ts";
import { deviceName, placeName, sessionDays, ticketSeconds } from "./rules.ts";

/** Where a request comes from, for the session's row, the audit and the notification. */
export type Origin = Readonly<{ requestId: string; address: string | null; userAgent: string | null }>;

/** Where a request comes from. */
export const originOf = (headers: Headers, requestId: string): Origin => ({
  requestId,
  address: clientAddress(headers),
  userAgent: headers.get("user-agent"),
});

/** Set-up and sign-up wait for each other behind locks; Prisma's two seconds are too short under load. */
export const patiently = { maxWait: 10_000, timeout: 20_000 } as const;

type Tx = Parameters<Parameters<ReturnType<typeof prisma>["$transaction"]>[0]>[0];

/** 256 random bits for a link or a ticket; the database only ever sees `hashToken` of it (design §6). */
export const newToken = (): string => randomBytes(32).toString("base64url");
export const hashToken = (token: string): string => createHash("sha256").update(token).digest("hex");

const prefix = "sign-in:";

/**
 * A single-use proof, good for 60 seconds, that this person passed password and limits. It is all that next-auth's provider
 * accepts, so next-auth itself never sees a password (design §8).
 */
export async function issueTicket(userId: string): Promise<string> {
  const token = newToken();
  const expires = new Date(Date.now() + ticketSeconds * 1000);
  await prisma().verificationToken.create({ data: { identifier: prefix + userId, token: hashToken(token), expires } });
  return token;
}

/** The row of a notification about the account; `isNews` puts it in front of the person. */
export const accountNotice = (
  userId: string,
  type: "LOGIN" | "LOGOUT" | "SIGNUP",
  subject: string,
  isNews: boolean,
) => {
  const { title, message } = notificationText[type];
  const now = new Date();
  const text = message("You", subject).slice(0, 1000);
  return { id: newId(), userId, type, title, message: text, readAt: isNews ? null : now, createdAt: now };
};

/** A sign-in is news unless the person has used such a device before; the very first session is no news either. */
async function isNewDevice(tx: Tx, userId: string, userAgent: string | null): Promise<boolean> {
  const recent = await tx.session.findMany({
    where: { userId },
    orderBy: { createdAt: "desc" },
    take: 50,
    select: { userAgent: true },
  });
  return recent.length > 0 && !recent.some((session) => deviceName(session.userAgent) === deviceName(userAgent));
}

/**
 * Turns a ticket into a session: consuming it, the session's row, the audit event and the notification are one
 * transaction, so a ticket makes one session or none, however many requests carry it at once.
 * @returns nothing when the ticket is unknown, used or too old, or its person was banned or deleted meanwhile
 */
export async function redeemTicket(
  ticket: string,
  origin: Origin,
): Promise<{ userId: string; sessionId: string } | null> {
  return await prisma().$transaction(async (tx) => {
    const [row] = await tx.$queryRaw<{ identifier: string }[]>`
      DELETE FROM verification_tokens WHERE token = ${hashToken(ticket)} AND starts_with(identifier, ${prefix}) AND expires > now()
      RETURNING identifier`;
    if (!row) return null;
    const userId = row.identifier.slice(prefix.length);
    const now = new Date();
    const user = await tx.user.findFirst({
      where: { id: userId, deletedAt: null, OR: [{ bannedUntil: null }, { bannedUntil: { lte: now } }] },
      select: { id: true },
    });
    if (!user) return null;
    const { requestId, address } = origin;
    const userAgent = origin.userAgent?.slice(0, 500) ?? null;
    const isNews = await isNewDevice(tx, userId, userAgent);
    const sessionId = newId();
    const expiresAt = new Date(now.getTime() + sessionDays * 86_400_000);
    await tx.session.create({
      data: { id: sessionId, userId, userAgent, address, createdAt: now, lastSeenAt: now, expiresAt },
    });
    await recordAudit(tx, {
      userId,
      via: "browser",
      action: "session.created",
      resourceId: sessionId,
      requestId,
      address,
    });
    await tx.notification.create({ data: accountNotice(userId, "LOGIN", placeName(userAgent, address), isNews) });
    return { userId, sessionId };
  }, patiently);
}
