import { encode } from "@auth/core/jwt";
import { prisma } from "#core/db.ts";
import { env } from "#core/env.ts";
import { newId } from "#core/id.ts";
import { cookieName } from "#features/identity/session.ts";
import { signedIn } from "./browser.ts";
import type { Person } from "./factories.ts";
import type { Random } from "./random.ts";

const name = cookieName("session");
const seal = (token: Record<string, unknown>, secret = env().AUTH_SECRET, salt = name) =>
  encode({ token, secret, salt, maxAge: 3600 });

/** `Cookie` headers that must be nobody's: dead, foreign, broken, oversized. */
export async function forgedCookies(person: Person, other: Person): Promise<(random: Random) => string> {
  const live = (await signedIn(person)).cookie.slice(name.length + 1);
  const { sessionId } = await signedIn(person);
  const ended = async (values: Record<string, Date>) => {
    const session = await signedIn(person);
    await prisma().session.update({ where: { id: session.sessionId }, data: values });
    return session.cookie.slice(name.length + 1);
  };
  const past = new Date(Date.now() - 1000);
  const fixed = await Promise.all([
    ended({ revokedAt: past }),
    ended({ expiresAt: past }),
    ended({ lastSeenAt: new Date(Date.now() - 8 * 86_400_000) }),
    seal({ sub: person.id, sid: newId() }),
    seal({ sub: other.id, sid: sessionId }),
    seal({ sub: person.id }),
    seal({ sid: sessionId }),
    seal({ sub: [person.id], sid: { id: sessionId } }),
    seal({ sub: "' OR 1=1 --", sid: "\u0000" }),
    seal({ sub: person.id, sid: sessionId }, "another-secret-another-secret-1234"),
    seal({ sub: person.id, sid: sessionId }, env().AUTH_SECRET, cookieName("csrf")),
    encode({ token: { sub: person.id, sid: sessionId }, secret: env().AUTH_SECRET, salt: name, maxAge: -60 }),
  ]);
  const parts = live.split(".");
  const base64url = (random: Random, length: number) =>
    Array.from({ length }, () =>
      random.pick([..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"]),
    ).join("");
  const none = Buffer.from('{"alg":"none"}').toString("base64url");
  const made: ((random: Random) => string)[] = [
    (random) => random.pick(fixed),
    (random) => live.slice(0, random.below(live.length)),
    (random) => live.slice(1 + random.below(live.length - 1)),
    (random) => {
      // Not the last character of a part, whose lowest bits may mean nothing.
      const part = random.pick([0, 2, 3, 4]);
      const text = parts[part] ?? "";
      const at = random.below(text.length - 2);
      const changed = text.slice(0, at) + (text[at] === "A" ? "B" : "A") + text.slice(at + 1);
      return parts.map((old, n) => (n === part ? changed : old)).join(".");
    },
    (random) => Array.from({ length: 5 }, () => base64url(random, 1 + random.below(60))).join("."),
    (random) =>
      `${none}.${Buffer.from(JSON.stringify({ sub: person.id, sid: sessionId })).toString("base64url")}.${random.chance(0.5) ? "" : "x"}`,
    (random) => live + base64url(random, 4097 - live.length + random.below(20_000)),
    (random) => base64url(random, 4000 + random.below(60_000)),
    (random) => `"${live}"${random.pick(["", " ", "x"])}`,
    (random) => random.pick(["", ".", "....", "null", "{}", "%00", "a.b.c.d.e", "-.-.-.-.-"]),
    (random) => [...parts.slice(0, 4), parts[4], base64url(random, 8)].join("."),
  ];
  return (random) => {
    const value = random.pick(made)(random);
    const wrongName = () =>
      `${random.pick(["mindflow.session", "__Secure-mindflow.session", name.toUpperCase(), `${name}x`])}=${live}`;
    if (random.chance(0.1)) return wrongName();
    // The first of two counts, so that nobody can put one behind it.
    return random.chance(0.1) ? `${name}=${value || "x"}; ${name}=${live}` : `${name}=${value}`;
  };
}
