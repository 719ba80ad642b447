import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startPostgres } from "./postgres.mjs";

const PASSWORD = "a-password-of-this-test-alone-0123456789";
const home = fs.mkdtempSync(path.join(os.tmpdir(), "mindflow-postgres-test-"));
const dataDir = path.join(home, "postgres");
const start = () => startPostgres({ dataDir, password: PASSWORD, fast: true });

async function ask(url, sql) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

describe("the embedded database (design §2)", () => {
  let server;

  beforeAll(async () => {
    fs.chmodSync(home, 0o711);
    fs.mkdirSync(`${dataDir}.new`); // what a start that was killed while creating the database leaves behind
    fs.writeFileSync(path.join(`${dataDir}.new`, "half"), "");
    server = await start();
  });

  afterAll(async () => {
    await server.stop();
    fs.rmSync(home, { recursive: true, force: true });
  });

  it("lets nobody in without the password", async () => {
    await expect(ask(server.url().replace(PASSWORD, "wrong"), "SELECT 1")).rejects.toMatchObject({ code: "28P01" });
    const rules = fs.readFileSync(path.join(dataDir, "pg_hba.conf"), "utf8").split("\n");
    const methods = rules
      .filter((line) => line && !line.startsWith("#"))
      .map((line) => line.trim().split(/\s+/).at(-1));
    expect(new Set(methods)).toEqual(new Set(["scram-sha-256"]));
  });

  it("works for the application as a role without special powers, and for nobody as superuser", async () => {
    const [role] = await ask(server.url(), "SELECT rolsuper FROM pg_roles WHERE rolname = current_user");
    expect(role.rolsuper).toBe(false);
    await expect(ask(server.url("postgres").replace("//mindflow:", "//postgres:"), "SELECT 1")).rejects.toMatchObject({
      code: "28P01",
    });
  });

  it("listens on loopback only, and its folder is closed to others", async () => {
    const [{ listen_addresses }] = await ask(server.url(), "SHOW listen_addresses");
    expect(listen_addresses).toBe("127.0.0.1");
    expect(fs.statSync(dataDir).mode & 0o777).toBe(0o700);
  });

  it("is adopted when it runs already: same server, same data", async () => {
    await ask(server.url(), "CREATE TABLE kept (n int)");
    const again = await start();
    expect(again).toMatchObject({ adopted: true, port: server.port });
    expect(await ask(again.url(), "SELECT count(*)::int AS n FROM kept")).toEqual([{ n: 0 }]);
  });

  it("starts over a lock file that names another living process", async () => {
    await server.stop();
    fs.writeFileSync(path.join(dataDir, "postmaster.pid"), `${process.pid}\n${dataDir}\n0\n1\n\n127.0.0.1\n\nready\n`);
    server = await start();
    expect(server.adopted).toBe(false);
    expect(await ask(server.url(), "SELECT count(*)::int AS n FROM kept")).toEqual([{ n: 0 }]);
  });
});
