// What is asked: the built product, and its MCP door with fixtures. Both on one database and with one address.
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { serverFile } from "../build.mjs";
import { start } from "../children.mjs";
import { inRoot } from "../paths.mjs";
import { Failure } from "../terminal.mjs";

const READY_MS = 60_000;

/** A port of this machine that nobody uses now. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer().once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

async function launch(name, args, { env, ready, logs }) {
  const port = await freePort();
  const log = path.join(logs, `${name}.log`);
  const output = fs.openSync(log, "a", 0o600);
  const child = start(process.execPath, ["--import", "./scripts/exit-with-parent.mjs", ...args], {
    cwd: inRoot(),
    env: { ...env, PORT: String(port) },
    stdio: ["ignore", output, output, "ipc"],
  });
  fs.closeSync(output);
  for (const end = performance.now() + READY_MS; performance.now() < end; await sleep(20)) {
    if (child.exitCode !== null || child.signalCode !== null) break;
    const status = await fetch(`http://127.0.0.1:${port}${ready}`).then(
      (response) => response.body?.cancel().then(() => response.status) ?? response.status,
      () => 0,
    );
    if (status === 200) return port;
  }
  throw new Failure(`The ${name} did not start`, "", fs.readFileSync(log, "utf8").slice(-4000));
}

/** Many questions in little time are no attack here; all else is as in production. */
const settings = ({ databaseUrl, secrets, url }) => ({
  ...process.env,
  ...secrets,
  NODE_ENV: "production",
  NODE_OPTIONS: "",
  DATABASE_URL: databaseUrl,
  HOST: "127.0.0.1",
  HOSTNAME: "127.0.0.1",
  APP_URL: url,
  AUTH_URL: url,
  AUTH_TRUST_HOST: "true",
  LIMIT_FACTOR: "1000",
  LOG_LEVEL: "warn",
  NEXT_TELEMETRY_DISABLED: "1",
});

/** @returns the port of the built product */
export const startProduct = (place) =>
  launch("product", [serverFile], { env: settings(place), ready: "/api/health/ready", logs: place.logs });

/** @returns the port of the door with fixtures */
export const startFixtures = (place) =>
  launch(
    "door with fixtures",
    ["--conditions=react-server", "--disable-warning=ExperimentalWarning", "scripts/conformance/server.mjs"],
    { env: { ...settings(place), NODE_ENV: "test" }, ready: "/ready", logs: place.logs },
  );
