import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { address, appEnvironment } from "./environment.mjs";

const secrets = {
  AUTH_SECRET: "generated-a",
  FLOW_SECRET: "generated-f",
  PEPPER: "generated-p",
  DATABASE_PASSWORD: "d",
};
const environment = () => appEnvironment({ mode: "production", databaseUrl: "postgresql://db", secrets });

describe("the server's environment (design §3)", () => {
  beforeEach(() => {
    for (const name of ["PORT", "HOST", "APP_URL", "AUTH_SECRET", "FLOW_SECRET", "PEPPER"]) vi.stubEnv(name, "");
    vi.stubEnv("HOSTNAME", "some-machine");
  });
  afterEach(() => vi.unstubAllEnvs());

  it("binds loopback on port 3000 and is called localhost, unless told otherwise", () => {
    expect(address()).toEqual({ host: "127.0.0.1", port: "3000", url: "http://localhost:3000" });
  });

  it("listens where HOST says; HOSTNAME from outside is ignored", () => {
    expect(environment()).toMatchObject({ HOST: "127.0.0.1", HOSTNAME: "127.0.0.1" });
    vi.stubEnv("HOST", "0.0.0.0");
    expect(environment()).toMatchObject({ HOST: "0.0.0.0", HOSTNAME: "0.0.0.0" });
  });

  it("gives next-auth the one origin, without a trailing slash", () => {
    vi.stubEnv("APP_URL", "https://tasks.example.org/");
    expect(environment()).toMatchObject({ AUTH_URL: "https://tasks.example.org", AUTH_TRUST_HOST: "true" });
  });

  it("prefers a secret from outside to a generated one, and keeps the database's password to itself", () => {
    vi.stubEnv("AUTH_SECRET", "mine");
    expect(environment()).toMatchObject({ AUTH_SECRET: "mine", FLOW_SECRET: "generated-f", PEPPER: "generated-p" });
    expect(environment()).not.toHaveProperty("DATABASE_PASSWORD");
  });
});
