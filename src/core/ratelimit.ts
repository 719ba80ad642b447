import "server-only";
import { Ratelimit } from "@upstash/ratelimit";
import { pooled, sql } from "./db.ts";
import { AppError } from "./errors.ts";
import { limits, type SecretLimit, slidingWindow } from "./limits.ts";

type Options = ConstructorParameters<typeof Ratelimit>[0];

const count = sql(slidingWindow("$1::text", "$2::int", "$3::numeric", "$4::int"));
// What is left of the sliding window, without counting anything.
const left = sql(`
SELECT greatest(0, $2::int - CASE WHEN r.win >= t.win THEN r.cur ELSE 0 END
    - floor(CASE WHEN r.win >= t.win THEN r.prev WHEN r.win = t.win - 1 THEN r.cur ELSE 0 END * t.weight))::int AS remaining,
  ((t.win + 1) * $3::numeric)::float8 AS reset_ms
FROM rate_limits r CROSS JOIN (
  SELECT floor(ms / $3::numeric) AS win, 1 - mod(ms, $3::numeric) / $3::numeric AS weight
  FROM (SELECT (extract(epoch FROM clock_timestamp()) * 1000)::numeric AS ms) clock) t
WHERE r.key = $1::text`);
const clear = sql("DELETE FROM rate_limits WHERE key = $1::text");
// Given back to the window it was taken from, which may meanwhile be the one before.
const giveBack = sql(`
UPDATE rate_limits SET cur = CASE WHEN win = $2::numeric THEN greatest(0, cur - 1) ELSE cur END,
  prev = CASE WHEN win = $2::numeric + 1 THEN greatest(0, prev - 1) ELSE prev END
WHERE key = $1::text`);

// The class wants a Redis although our algorithm never touches it; every use of it would be a mistake and throws.
const never = () => Promise.reject(new Error("This limit lives in Postgres"));

type Row = { ok: boolean; remaining: number; reset_ms: number };

/** Postgres as the algorithm behind `Ratelimit`: exact over any number of processes (stack §5). */
const onPostgres =
  (tokens: number, windowMs: number): Options["limiter"] =>
  () => ({
    async limit(_context, key, rate = 1) {
      const [row] = await pooled().query<Row>(count, [key, tokens, windowMs, rate]);
      // No row cannot happen; if it did, a limit that guards a secret stays shut.
      const { ok, remaining, reset_ms } = row ?? { ok: false, remaining: 0, reset_ms: Date.now() + windowMs };
      return { success: ok, limit: tokens, remaining, reset: reset_ms, pending: Promise.resolve() };
    },
    async getRemaining(_context, key) {
      const [row] = await pooled().query<Omit<Row, "ok">>(left, [key, tokens, windowMs]);
      return { remaining: row?.remaining ?? tokens, reset: row?.reset_ms ?? Date.now() + windowMs, limit: tokens };
    },
    async resetTokens(_context, key) {
      await pooled().query(clear, [key]);
    },
  });

const noRedis = { eval: never, evalsha: never, get: never, set: never } as unknown as Options["redis"];

const built = new Map<SecretLimit, Ratelimit>();

function limiter(name: SecretLimit): Ratelimit {
  let made = built.get(name);
  if (!made) {
    const { tokens, windowSeconds } = limits[name];
    made = new Ratelimit({
      prefix: name,
      redis: noRedis,
      limiter: onPostgres(tokens, windowSeconds * 1000),
      // Memory of this process would hide what another process cleared.
      ephemeralCache: false,
      // Above 0 the class lets everything through once Postgres is slow; our own statement timeout fails closed instead.
      timeout: 0,
      analytics: false,
    });
    built.set(name, made);
  }
  return made;
}

/** One attempt that was counted; it can be taken back or the whole counter cleared. */
export type Attempt = Readonly<{
  /** The attempt was no failure after all: it does not count. */
  refund(): Promise<void>;
  /** Forgets every failure counted under this key. */
  clear(): Promise<void>;
}>;

/**
 * Counts one attempt at a secret before it is checked, so that parallel guesses cannot slip through between looking and
 * counting (design §12, requirements S4-03a).
 * @param key whom to count it for: an address or a hash of an account, never the secret
 * @throws AppError RATE_LIMIT_EXCEEDED with the seconds until the next try; a refused attempt is not counted
 */
export async function attempt(name: SecretLimit, key: string): Promise<Attempt> {
  const used = limiter(name);
  const { success, reset } = await used.limit(key);
  if (!success) throw exceeded(reset);
  const windowMs = limits[name].windowSeconds * 1000;
  const window = Math.round(reset / windowMs) - 1;
  return {
    refund: async () => void (await pooled().query(giveBack, [`${name}:${key}`, window])),
    clear: () => used.resetUsedTokens(key),
  };
}

/**
 * Is anything left, without counting? For addresses that many share: what is right must not use up what is for mistakes, not even
 * for the moment it takes, so mistakes are counted once they were made.
 * @throws AppError RATE_LIMIT_EXCEEDED with the seconds until the next try
 */
export async function assertLeft(name: SecretLimit, key: string): Promise<void> {
  const { remaining, reset } = await limiter(name).getRemaining(key);
  if (remaining <= 0) throw exceeded(reset);
}

function exceeded(reset: number): AppError {
  const retryAfterSeconds = Math.max(1, Math.ceil((reset - Date.now()) / 1000));
  return new AppError("RATE_LIMIT_EXCEEDED", tooMany(retryAfterSeconds), { retryAfterSeconds });
}

/** "Too many attempts. Try again in 12 minutes." */
export function tooMany(seconds: number): string {
  const minutes = Math.ceil(seconds / 60);
  const wait =
    seconds < 60
      ? `${seconds} ${seconds === 1 ? "second" : "seconds"}`
      : `${minutes} ${minutes === 1 ? "minute" : "minutes"}`;
  return `Too many attempts. Try again in ${wait}.`;
}
