import "server-only";
import { randomBytes } from "node:crypto";
import { getIronSession, type IronSession } from "iron-session";
import { cookies } from "next/headers";
import { env, hasSecureCookies } from "./env.ts";

/** What a form says to the page it sends the browser back to. */
export type Notice = Readonly<{
  tone: "info" | "success" | "warn" | "danger";
  text: string;
  /** What is wrong, by field. */
  errors?: Readonly<Record<string, string>>;
  /** What was entered, so that nobody types it again; never a password. */
  values?: Readonly<Record<string, string>>;
  /** The operation that an "Undo" beside the message would take back. */
  operationId?: string;
}>;

type Flow = {
  notice: Notice & { id: string };
  /** The secret of a link that was opened, moved out of the address bar. */
  setUp: string;
  invite: string;
};

const ttlSeconds = 600;
// A browser keeps 4096 bytes of a cookie with its attributes; sealing makes 3 bytes 4 and adds about 300.
const jsonBytesMax = 2400;
const cookieLengthMax = 4096;

/**
 * Short-lived state of a few steps, sealed in a cookie by iron-session: encrypted and authenticated, but not revocable, so it
 * never says who somebody is (security §0.2). Tampered, expired, oversized or foreign cookies read as empty.
 */
async function flow(): Promise<IronSession<Flow>> {
  const jar = await cookies();
  return await getIronSession<Flow>(
    {
      get: (name) => {
        const found = jar.get(name);
        return found && found.value.length <= cookieLengthMax ? found : undefined;
      },
      set: (name, value, options) => jar.set(name, value, options),
    },
    {
      cookieName: `${hasSecureCookies() ? "__Host-" : ""}mindflow.flow`,
      password: env().FLOW_SECRET,
      ttl: ttlSeconds,
      cookieOptions: { httpOnly: true, sameSite: "lax", secure: hasSecureCookies(), path: "/" },
    },
  );
}

const fits = (value: unknown) => Buffer.byteLength(JSON.stringify(value)) <= jsonBytesMax;

/** The most that fits of a notice: the entered values go first, then the errors by field. */
function shortened({ values, errors, ...notice }: Notice): Notice {
  const text = notice.text.slice(0, 400);
  const attempts: Notice[] = [
    { ...notice, text, ...(values && { values }), ...(errors && { errors }) },
    { ...notice, text, ...(errors && { errors }) },
  ];
  return attempts.find(fits) ?? { ...notice, text };
}

/**
 * Leaves a message for the page the browser is sent to; for route handlers.
 * @returns `path` with the message's id: only this address shows it, so it does not haunt later visits
 */
export async function leaveNotice(path: string, notice: Notice): Promise<string> {
  const session = await flow();
  const id = randomBytes(6).toString("base64url");
  session.notice = { id, ...shortened(notice) };
  await session.save();
  const url = new URL(path, "http://mindflow.invalid");
  url.searchParams.set("notice", id);
  return `${url.pathname}${url.search}${url.hash}`;
}

/** The message that was left for this address. @param id the page's `notice` parameter */
export async function readNotice(id: unknown): Promise<Notice | null> {
  if (typeof id !== "string") return null;
  const { notice } = await flow();
  return notice?.id === id ? notice : null;
}

/** Keeps a link's secret for ten minutes; for route handlers. */
export async function keepLink(kind: "setUp" | "invite", token: string): Promise<void> {
  const session = await flow();
  session[kind] = token;
  delete session.notice;
  await session.save();
}

/** The secret of the link that was opened, if any. */
export const keptLink = async (kind: "setUp" | "invite"): Promise<string | null> => (await flow())[kind] ?? null;

/** Clears the whole cookie, once the steps are done; for route handlers. */
export async function endFlow(): Promise<void> {
  (await flow()).destroy();
}
