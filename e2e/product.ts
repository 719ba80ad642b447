import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createServer } from "node:net";
import path from "node:path";
import pg from "pg";
import { deploy } from "../scripts/migrate.mjs";

const root = path.resolve(import.meta.dirname, "..");

/** Secrets of the servers under test; the fixtures seal session cookies with them. */
export const secrets = {
  AUTH_SECRET: "iV2vQ0mD8bXy5sK1tR7wZ3nF6hJ9cL4p",
  FLOW_SECRET: "pL4cJ9hF6nZ3wR7tK1sX5yB8dM0qV2vi",
  PEPPER: "Q7wE2rT9yU4iO1pA6sD3fG8hJ5kL0zXc",
};

const freePort = () =>
  new Promise<number>((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        address && typeof address === "object" ? resolve(address.port) : reject(new Error("no port")),
      );
    });
  });

async function untilReady(url: string, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
    const isReady = await fetch(`${url}/api/health/ready`).then(
      (response) => response.ok,
      () => false,
    );
    if (isReady) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("the server did not get ready");
}

export type Product = { url: string; databaseUrl: string; setupLink: () => string; stop: () => Promise<void> };

/** The built product on an empty database of its own. @param postgresUrl of a server where databases may be made */
export async function startProduct(postgresUrl: string): Promise<Product> {
  const name = `e2e_${randomBytes(6).toString("hex")}`;
  const admin = new pg.Client(postgresUrl);
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name}`);
  await admin.end();
  const databaseUrl = Object.assign(new URL(postgresUrl), { pathname: `/${name}` }).href;
  await deploy(databaseUrl);
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const env = {
    ...process.env,
    ...secrets,
    NODE_ENV: "production",
    APP_URL: url,
    AUTH_URL: url,
    DATABASE_URL: databaseUrl,
    PORT: String(port),
    HOSTNAME: "127.0.0.1",
    LOG_LEVEL: "warn",
  } as NodeJS.ProcessEnv;
  const child = spawn(process.execPath, [path.join(root, ".next/standalone/server.js")], {
    env,
    stdio: ["ignore", "ignore", "inherit"],
  });
  await untilReady(`http://127.0.0.1:${port}`, child);
  return {
    url,
    databaseUrl,
    setupLink: () =>
      execFileSync(process.execPath, ["--conditions=react-server", "scripts/setup-link.mjs"], {
        cwd: root,
        env,
        encoding: "utf8",
      }).trim(),
    stop: () =>
      new Promise((resolve) => {
        child.once("exit", () => resolve());
        child.kill("SIGTERM");
        setTimeout(() => child.kill("SIGKILL"), 5000).unref();
      }),
  };
}
