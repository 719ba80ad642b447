// Loaded by plain Node too (scripts/start.mjs checks it before building and serving): it must import nothing but zod.
import { z } from "zod";

const weak =
  /^(secret|secretkey|password|changeme|change_me|change-me|example|test|dev|devsecret|default|none)[-_0-9]*$/i;

/** A secret is at least 32 characters and neither a placeholder nor one character repeated (requirements S4-50d). */
const secret = z
  .string()
  .min(32, { error: "must be at least 32 characters", abort: true })
  .refine(
    (s) => new Set(s).size >= 8 && !weak.test(s) && !/change.?me|example|your.?secret/i.test(s),
    "is a placeholder",
  );

const origin = z.url({ protocol: /^https?$/ }).transform((s, ctx) => {
  const url = new URL(s);
  if (url.pathname !== "/" || url.search || url.hash || url.username) {
    ctx.addIssue("must be an origin, without a path");
    return z.NEVER;
  }
  return url.origin;
});

/** `https://a.example, https://b.example`: exact origins, never a wildcard (requirements S4-02). */
const origins = z.string().transform((list, ctx) => {
  const found: string[] = [];
  for (const [at, entry] of list.split(",").entries()) {
    const item = entry.trim();
    if (item === "") continue;
    const parsed = origin.safeParse(item);
    if (parsed.success && !item.includes("*")) found.push(parsed.data);
    else
      ctx.addIssue(
        item === "*" ? "must not be *: name each origin" : `has an entry that is no origin: number ${at + 1}`,
      );
  }
  return Object.freeze(found);
});

/** `client.intranet.example, 10.0.0.5:8443`: hosts as they stand in an address. */
const hosts = z.string().transform((list, ctx) => {
  const found = list
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
  for (const [at, entry] of found.entries())
    if (!URL.canParse(`https://${entry}`) || new URL(`https://${entry}`).host !== entry)
      ctx.addIssue(`has an entry that is no host: number ${at + 1}`);
  return Object.freeze(found);
});

const decoded = (s: string) => {
  try {
    return decodeURIComponent(s);
  } catch {
    return s;
  }
};

/** Where and how a database is reached, as pg reads its URL: the query may name another host, and the last setting holds. */
function databaseOf(value: string): { host: string; sslmode: string; password: string } | null {
  const withHost = URL.canParse(value) ? value : value.replace("@/", "@localhost/");
  if (!URL.canParse(withHost)) return null;
  const url = new URL(withHost);
  const last = (name: string) => url.searchParams.getAll(name).at(-1) || undefined;
  return {
    host: last("host") ?? decoded(url.hostname),
    sslmode: last("sslmode") ?? "",
    password: last("password") ?? decoded(url.password),
  };
}

const integer = (min: number, max: number) => z.coerce.number().int().min(min).max(max);
/** Hosts that browsers trust without https. */
export const isLoopback = (host: string) => host === "localhost" || host === "[::1]" || /^127(\.\d+){3}$/.test(host);
/** No host, or a path, means a socket of this machine. */
const isOnThisMachine = (host: string) => host === "" || host.startsWith("/") || isLoopback(host);

const schema = z
  .object({
    NODE_ENV: z.enum(["development", "test", "production"]).default("development"),
    PORT: integer(1, 65_535).default(3000),
    HOST: z.string().default("127.0.0.1"),
    APP_URL: origin.optional(),
    ALLOW_INSECURE_HTTP: z.stringbool().default(false),
    DATABASE_URL: z
      .string()
      .regex(/^postgres(ql)?:\/\//, { error: "must start with postgresql://", abort: true })
      .refine((s) => databaseOf(s) !== null, "is not a valid URL"),
    DATABASE_POOL_MAX: integer(2, 500).default(20),
    DATABASE_WAIT_SECONDS: integer(1, 300).default(30),
    STATEMENT_TIMEOUT_SECONDS: integer(1, 600).default(30),
    AUTH_SECRET: secret,
    FLOW_SECRET: secret,
    PEPPER: secret,
    TRUSTED_PROXY_HOPS: integer(0, 10).default(0),
    CORS_ORIGINS: origins.default(Object.freeze<string[]>([])),
    PRIVATE_CLIENT_HOSTS: hosts.default(Object.freeze<string[]>([])),
    API_DOCS: z.stringbool().default(true),
    LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "silent"]).default("info"),
    ARGON2_MEMORY_KIB: integer(8, 4_194_304).default(19_456),
    ARGON2_ITERATIONS: integer(1, 20).default(2),
    ARGON2_CONCURRENCY: integer(1, 16).default(2),
    LIMIT_FACTOR: z.coerce.number().min(0.1).max(1_000_000).default(1),
  })
  .transform((e) => ({ ...e, APP_URL: e.APP_URL ?? `http://localhost:${e.PORT}` }))
  .superRefine((e, ctx) => {
    const bad = (name: keyof typeof e, message: string) => ctx.addIssue({ code: "custom", path: [name], message });
    if (e.NODE_ENV !== "production") return;
    const app = new URL(e.APP_URL);
    if (app.protocol === "http:" && !isLoopback(app.hostname) && !e.ALLOW_INSECURE_HTTP)
      bad(
        "APP_URL",
        "is plain http on a public host: use https, or set ALLOW_INSECURE_HTTP=true and accept that anyone on the way can read it",
      );
    const database = databaseOf(e.DATABASE_URL);
    if (database && !isOnThisMachine(database.host)) {
      // A connection that leaves the machine must prove who answers (requirements T-50).
      if (database.sslmode !== "verify-full") bad("DATABASE_URL", "leaves this machine without sslmode=verify-full");
      if (!database.password || weak.test(database.password) || /^postgres$/i.test(database.password))
        bad("DATABASE_URL", "has an empty or well-known password");
    }
    if (new Set([e.AUTH_SECRET, e.FLOW_SECRET, e.PEPPER]).size < 3)
      bad("FLOW_SECRET", "AUTH_SECRET, FLOW_SECRET and PEPPER must differ");
    if (e.ARGON2_MEMORY_KIB < 19_456) bad("ARGON2_MEMORY_KIB", "must be at least 19456 in production");
  });

export type Env = Readonly<z.output<typeof schema>>;

/**
 * Parses settings from the given variables; unknown ones are ignored.
 * @throws Error whose message has one line per bad value, each starting with its name; values are never printed.
 */
export function parseEnv(variables: Record<string, string | undefined>): Env {
  const present = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ""));
  const parsed = schema.safeParse(present);
  if (parsed.success) return Object.freeze(parsed.data);
  const lines = parsed.error.issues.map(({ path, message }) => {
    const name = path.join(".");
    return `${name}: ${name in present ? message : `is missing${message.startsWith("Invalid input") ? "" : `: ${message}`}`}`;
  });
  throw new Error(lines.join("\n"));
}

let parsed: Env | undefined;

/** The settings of this process, parsed at first use so that a build needs none. */
export function env(): Env {
  parsed ??= parseEnv(process.env);
  return parsed;
}

/** Where Secure cookies work: on https, and on loopback, which browsers trust. */
export function hasSecureCookies(): boolean {
  const url = new URL(env().APP_URL);
  return url.protocol === "https:" || isLoopback(url.hostname);
}
