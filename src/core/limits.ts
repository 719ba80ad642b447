/**
 * Every limit of the product in one table (design §12). `by: "user"` limits are counted in the statement that resolves
 * the actor, as are `by: "grant"` limits, which hold for one connected assistant whatever door it takes; `by: "secret"`
 * limits go through @upstash/ratelimit on Postgres, before a secret is checked.
 */
export const limits = {
  default: { by: "user", tokens: 300, windowSeconds: 60 },
  tasks: { by: "user", tokens: 120, windowSeconds: 60 },
  profile: { by: "user", tokens: 10, windowSeconds: 3600 },
  read: { by: "grant", tokens: 600, windowSeconds: 60 },
  write: { by: "grant", tokens: 60, windowSeconds: 60 },
  delete: { by: "grant", tokens: 20, windowSeconds: 3600 },
  refreshByGrant: { by: "secret", tokens: 20, windowSeconds: 60 },
  tokenRefusals: { by: "secret", tokens: 20, windowSeconds: 60 },
  registration: { by: "secret", tokens: 20, windowSeconds: 3600 },
  anonymousAuthorization: { by: "secret", tokens: 300, windowSeconds: 60 },
  clientDocument: { by: "secret", tokens: 20, windowSeconds: 60 },
  signInByAddress: { by: "secret", tokens: 5, windowSeconds: 900 },
  signInByAccount: { by: "secret", tokens: 5, windowSeconds: 900 },
  signUp: { by: "secret", tokens: 3, windowSeconds: 3600 },
  setUp: { by: "secret", tokens: 10, windowSeconds: 900 },
} as const satisfies Record<string, { by: "user" | "grant" | "secret"; tokens: number; windowSeconds: number }>;

type LimitName = keyof typeof limits;
type Named<By> = { [N in LimitName]: (typeof limits)[N]["by"] extends By ? N : never }[LimitName];
export type UserLimit = Named<"user">;
export type GrantLimit = Named<"grant">;
/** What a call costs: a browser's is counted for the person, an assistant's for its grant. */
export type Cost = Readonly<{ user: UserLimit; grant: GrantLimit }>;
export type SecretLimit = Named<"secret">;

/**
 * A sliding window in one upsert, exact over any number of processes: the row lock orders them, the database's clock
 * counts. Refused requests do not count. $1 key, $2 tokens, $3 window in milliseconds, $4 weight of this request.
 * As a fragment it can stand inside a larger statement; `source` then yields one row when there is something to count.
 */
export const slidingWindow = (key: string, tokens: string, windowMs: string, weight: string, source = ""): string => `
INSERT INTO rate_limits AS r (key, win, weight, cur, prev, ok, expires)
SELECT ${key}, floor(ms / ${windowMs}), 1 - mod(ms, ${windowMs}) / ${windowMs},
  CASE WHEN ${weight} <= ${tokens} THEN ${weight} ELSE 0 END, 0, ${weight} <= ${tokens}, now() + ${windowMs} * interval '2 ms'
FROM (SELECT (extract(epoch FROM clock_timestamp()) * 1000)::numeric AS ms) clock ${source}
ON CONFLICT (key) DO UPDATE SET (win, weight, cur, prev, ok, expires) = (
  SELECT excluded.win, excluded.weight, c + CASE WHEN o THEN ${weight} ELSE 0 END, p, o, excluded.expires
  FROM (SELECT c, p, c + floor(p * excluded.weight) + ${weight} <= ${tokens} AS o
        FROM (SELECT CASE WHEN r.win >= excluded.win THEN r.cur ELSE 0 END AS c,
                     CASE WHEN r.win >= excluded.win THEN r.prev WHEN r.win = excluded.win - 1 THEN r.cur ELSE 0 END AS p) a) b)
RETURNING ok, greatest(0, ${tokens} - cur - floor(prev * weight))::int AS remaining, ((win + 1) * ${windowMs})::float8 AS reset_ms`;
