import { describe, expect, test } from "vitest";
import { redactUrl } from "./redact.ts";

const names = [
  "code",
  "token",
  "reset_token",
  "verification",
  "verify",
  "access_token",
  "refresh_token",
  "id_token",
  "api_key",
  "apikey",
  "key",
  "state",
  "code_verifier",
  "client_secret",
  "client_assertion",
  "secret",
  "password",
  "passwd",
  "ticket",
  "invite",
  "setup",
  "authorization",
  "cookie",
  "set-cookie",
  "x-api-key",
  "session",
  "id_token_hint",
  "login_hint",
  "request",
];
const written = (name: string) => [
  name,
  name.toUpperCase(),
  name.charAt(0).toUpperCase() + name.slice(1),
  `%${name.charCodeAt(0).toString(16)}${name.slice(1)}`,
  `${name}[]`,
  `+${name}`,
];

describe("addresses in the log (requirements S4-05)", () => {
  test.each(names.flatMap((name) => written(name).map((as) => ({ as }))))(
    "the value of $as never appears",
    ({ as }) => {
      const url = redactUrl(`/api/v1/tasks?view=today&${as}=s3cr3t-canary&limit=5`);
      expect(url).toBe(`/api/v1/tasks?view=today&${as}=REDACTED&limit=5`);
    },
  );

  test.each(["input", "q"])("%s holds what people write, so it is left out as well", (name) => {
    expect(redactUrl(`/x?${name}=my-words&limit=5`)).toBe(`/x?${name}=REDACTED&limit=5`);
  });

  test("other parameters and an address without any stay as they are", () => {
    expect(redactUrl("/today")).toBe("/today");
    expect(redactUrl("/api/v1/tasks?limit=5&sort=due&monkey=1&tokens=2")).toBe(
      "/api/v1/tasks?limit=5&sort=due&monkey=1&tokens=2",
    );
  });

  test("a secret inside the value of another parameter goes too", () => {
    const inner = encodeURIComponent("/sign-up?invite=s3cr3t-canary");
    expect(redactUrl(`/sign-in?returnTo=${inner}`)).not.toContain("s3cr3t-canary");
    expect(redactUrl("/sign-in?returnTo=/sign-up?token=s3cr3t-canary")).not.toContain("s3cr3t-canary");
  });

  test("a signed token goes wherever a client puts it", () => {
    const token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzM2NyM3QifQ.c2lnbmF0dXJl";
    for (const url of [`/mcp/${token}`, `/mcp?display=${token}&limit=5`, `/x?a=Bearer%20${token}`, `/x?${token}`])
      expect(redactUrl(url)).not.toContain("eyJ");
    expect(redactUrl(`/mcp?display=${token}&limit=5`)).toBe("/mcp?display=REDACTED&limit=5");
  });

  test("a repeated secret is replaced each time, one without value too", () => {
    expect(redactUrl("/x?token=a&token=b&token")).toBe("/x?token=REDACTED&token=REDACTED&token=REDACTED");
  });

  test("a name that is no valid encoding loses its value, to be on the safe side", () => {
    expect(redactUrl("/x?%zz=a")).toBe("/x?%zz=REDACTED");
  });

  test("endless addresses are cut", () => {
    expect(redactUrl(`/${"a".repeat(9000)}`).length).toBe(2000);
    expect(redactUrl(`/${"a".repeat(9000)}?b=${"c".repeat(9000)}`).length).toBeLessThan(6100);
  });
});
