import { describe, expect, test } from "vitest";
import { env, hasSecureCookies, isLoopback, parseEnv } from "./env.ts";

const secrets = {
  AUTH_SECRET: "iV2vQ0mD8bXy5sK1tR7wZ3nF6hJ9cL4p",
  FLOW_SECRET: "pL4cJ9hF6nZ3wR7tK1sX5yB8dM0qV2vi",
  PEPPER: "Q7wE2rT9yU4iO1pA6sD3fG8hJ5kL0zXc",
};
const base = { DATABASE_URL: "postgresql://app:a-long-one@127.0.0.1:5432/mindflow", ...secrets };
const production = { ...base, NODE_ENV: "production", APP_URL: "https://tasks.example.org" };
const remote = (query: string, password = "kW9-long-and-odd") =>
  `postgresql://app:${password}@db.example.org/mindflow${query}`;

/** The message of the refusal, or nothing when the settings are taken. */
function refusal(variables: Record<string, string | undefined>): string | null {
  try {
    parseEnv(variables);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

describe("settings", () => {
  test("the least that is needed gives documented defaults", () => {
    expect(parseEnv(base)).toMatchObject({
      NODE_ENV: "development",
      PORT: 3000,
      HOST: "127.0.0.1",
      APP_URL: "http://localhost:3000",
      DATABASE_POOL_MAX: 20,
      DATABASE_WAIT_SECONDS: 30,
      STATEMENT_TIMEOUT_SECONDS: 30,
      TRUSTED_PROXY_HOPS: 0,
      CORS_ORIGINS: [],
      API_DOCS: true,
      LOG_LEVEL: "info",
      LIMIT_FACTOR: 1,
    });
  });

  test("APP_URL follows the port where it is not given", () => {
    expect(parseEnv({ ...base, PORT: "4100" }).APP_URL).toBe("http://localhost:4100");
  });

  test("an empty variable counts as one that is not set", () => {
    expect(parseEnv({ ...base, PORT: "", CORS_ORIGINS: "" })).toMatchObject({ PORT: 3000, CORS_ORIGINS: [] });
  });

  test("what was parsed cannot be changed, lists included", () => {
    const settings = parseEnv({ ...base, CORS_ORIGINS: "https://a.example" });
    expect(Object.isFrozen(settings)).toBe(true);
    expect(Object.isFrozen(settings.CORS_ORIGINS)).toBe(true);
  });

  test("the process parses its settings once", () => {
    expect(env()).toBe(env());
  });

  test.each([
    ["NODE_ENV", "staging"],
    ["PORT", "0"],
    ["PORT", "65536"],
    ["PORT", "80a"],
    ["PORT", "3000.5"],
    ["APP_URL", "tasks.example.org"],
    ["APP_URL", "ftp://tasks.example.org"],
    ["APP_URL", "https://tasks.example.org/app"],
    ["APP_URL", "https://user@tasks.example.org"],
    ["APP_URL", "https://tasks.example.org/?x=1"],
    ["ALLOW_INSECURE_HTTP", "maybe"],
    ["DATABASE_URL", "mysql://localhost/x"],
    ["DATABASE_URL", "postgresql://["],
    ["DATABASE_POOL_MAX", "1"],
    ["DATABASE_POOL_MAX", "501"],
    ["DATABASE_WAIT_SECONDS", "0"],
    ["STATEMENT_TIMEOUT_SECONDS", "601"],
    ["TRUSTED_PROXY_HOPS", "-1"],
    ["TRUSTED_PROXY_HOPS", "11"],
    ["CORS_ORIGINS", "*"],
    ["CORS_ORIGINS", "https://a.example, *"],
    ["CORS_ORIGINS", "https://*.example"],
    ["CORS_ORIGINS", "a.example"],
    ["CORS_ORIGINS", "https://a.example/path"],
    ["CORS_ORIGINS", "null"],
    ["API_DOCS", "perhaps"],
    ["LOG_LEVEL", "loud"],
    ["ARGON2_MEMORY_KIB", "7"],
    ["ARGON2_ITERATIONS", "0"],
    ["ARGON2_CONCURRENCY", "17"],
    ["LIMIT_FACTOR", "0"],
    ["AUTH_SECRET", "short"],
    ["FLOW_SECRET", "a".repeat(40)],
    ["PEPPER", "change-me-change-me-change-me-change-me"],
  ])("%s=%s stops the start and is named", (name, value) => {
    const message = refusal({ ...base, [name]: value });
    expect(message?.split("\n").map((line) => line.split(":", 1)[0])).toEqual([name]);
  });

  test.each(["DATABASE_URL", "AUTH_SECRET", "FLOW_SECRET", "PEPPER"])("a missing %s is named", (name) => {
    expect(refusal({ ...base, [name]: undefined })).toMatch(new RegExp(`^${name}: `));
  });

  test("several bad values are named together, one line each", () => {
    const lines = refusal({ ...base, PORT: "x", LOG_LEVEL: "x", PEPPER: "x" })?.split("\n") ?? [];
    expect(lines.map((line) => line.split(":", 1)[0]).sort()).toEqual(["LOG_LEVEL", "PEPPER", "PORT"]);
  });

  test("a refusal never prints the value it refuses", () => {
    const secret = "hunter2-canary";
    const message = refusal({
      ...base,
      PEPPER: secret,
      DATABASE_URL: `mysql://x:${secret}@h/d`,
      CORS_ORIGINS: `https://u:${secret}@a.example`,
      APP_URL: `https://u:${secret}@a.example`,
      PORT: secret,
    });
    expect(message).toBeTruthy();
    expect(message).not.toContain(secret);
  });
});

describe("secrets (requirements S4-50d)", () => {
  test("31 characters are refused, 32 are taken", () => {
    const of = (length: number) => secrets.PEPPER.slice(0, length).padEnd(length, "x");
    expect(refusal({ ...base, PEPPER: of(31) })).toBe("PEPPER: must be at least 32 characters");
    expect(refusal({ ...base, PEPPER: of(32) })).toBeNull();
  });

  test.each([
    "changeme-0123456789-0123456789-0123",
    "please-CHANGE_ME-before-you-go-live!",
    "example-secret-0123456789-abcdefghij",
    "your-secret-here-0123456789-abcdefgh",
    "abababababababababababababababababab",
  ])("the placeholder %s is refused", (value) => {
    expect(refusal({ ...base, AUTH_SECRET: value })).toBe("AUTH_SECRET: is a placeholder");
  });

  test("in production the three must differ", () => {
    expect(refusal({ ...production, FLOW_SECRET: secrets.AUTH_SECRET })).toMatch(/^FLOW_SECRET: .*must differ/);
  });
});

describe("CORS_ORIGINS (requirements S4-02)", () => {
  test("a list with spaces is read as exact origins", () => {
    expect(parseEnv({ ...base, CORS_ORIGINS: " https://a , https://b " }).CORS_ORIGINS).toEqual([
      "https://a",
      "https://b",
    ]);
  });

  test("default ports and letter case are normalised as browsers do", () => {
    expect(parseEnv({ ...base, CORS_ORIGINS: "HTTPS://A.example:443,,http://b.example:8080/" }).CORS_ORIGINS).toEqual([
      "https://a.example",
      "http://b.example:8080",
    ]);
  });
});

describe("production", () => {
  test("sound settings are taken", () => {
    expect(refusal(production)).toBeNull();
  });

  test.each(["http://tasks.example.org", "http://192.168.1.5:3000", "http://127.0.0.1.example.org"])(
    "plain http on %s is refused unless it is asked for",
    (url) => {
      expect(refusal({ ...production, APP_URL: url })).toMatch(/^APP_URL: is plain http/);
      expect(refusal({ ...production, APP_URL: url, ALLOW_INSECURE_HTTP: "true" })).toBeNull();
    },
  );

  test.each(["http://localhost:3000", "http://127.0.0.1:3000", "http://[::1]:3000"])(
    "plain http on %s is fine",
    (url) => {
      expect(refusal({ ...production, APP_URL: url })).toBeNull();
    },
  );

  test("cheap password hashes are refused", () => {
    expect(refusal({ ...production, ARGON2_MEMORY_KIB: "19455" })).toMatch(/^ARGON2_MEMORY_KIB: /);
  });

  test.each([
    "",
    "?sslmode=disable",
    "?sslmode=prefer",
    "?sslmode=require",
    "?sslmode=verify-ca",
    "?sslmode=no-verify",
    "?sslmode=verify-full&sslmode=disable",
    "?sslmode=verify-full&sslmode=no-verify",
  ])("a database on another machine with “%s” is refused: it must prove who answers (requirements T-50)", (query) => {
    expect(refusal({ ...production, DATABASE_URL: remote(query) })).toMatch(/^DATABASE_URL: .*verify-full/);
  });

  test("a host hidden in the query is a host (requirements T-50)", () => {
    expect(
      refusal({ ...production, DATABASE_URL: "postgresql://app:kW9-long-and-odd@localhost/d?host=db.example.org" }),
    ).toMatch(/^DATABASE_URL: .*verify-full/);
    expect(
      refusal({ ...production, DATABASE_URL: "postgresql://app:kW9-long-and-odd@/d?host=/var/run/postgresql" }),
    ).toBeNull();
  });

  test("sslmode=verify-full with a password of its own is taken (requirements T-50)", () => {
    expect(refusal({ ...production, DATABASE_URL: remote("?sslmode=verify-full") })).toBeNull();
  });

  test.each(["", "postgres", "password", "changeme", "%70assword"])(
    "the well-known database password “%s” is refused",
    (password) => {
      expect(refusal({ ...production, DATABASE_URL: remote("?sslmode=verify-full", password) })).toMatch(
        /^DATABASE_URL: .*password/,
      );
    },
  );

  test("a percent sign in the database password is one, as pg reads it", () => {
    expect(refusal({ ...production, DATABASE_URL: remote("?sslmode=verify-full", "100%zz") })).toBeNull();
  });
});

describe("loopback", () => {
  test.each([
    ["localhost", true],
    ["127.0.0.1", true],
    ["127.9.9.9", true],
    ["[::1]", true],
    ["127.0.0.1.example.org", false],
    ["localhost.example.org", false],
    ["10.0.0.1", false],
    ["0.0.0.0", false],
  ])("%s: %s", (host, expected) => {
    expect(isLoopback(host)).toBe(expected);
  });

  test("cookies are Secure on the test's own address, which is loopback", () => {
    expect(hasSecureCookies()).toBe(true);
  });
});
