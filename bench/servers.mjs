// The processes under test: the control, the built product, and its REST door alone.
import { spawn } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { serverFile } from "../scripts/build.mjs";
import { start } from "../scripts/children.mjs";
import { runTypeScript } from "../scripts/environment.mjs";
import { nodePath } from "../scripts/install.mjs";
import { beforeExit } from "../scripts/lifetime.mjs";
import { inRoot } from "../scripts/paths.mjs";
import { Failure } from "../scripts/terminal.mjs";

const READY_MS = 30_000;
const STOP_MS = 5000;

export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer().once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

// Logs are written as in real life, to a file; nobody reads them.
const logs = fs.mkdtempSync(path.join(os.tmpdir(), "mindflow-bench-"));
beforeExit(() => fs.rmSync(logs, { recursive: true, force: true }));

/** @returns the process, where it listens, and the milliseconds from its start to its first answer */
async function launch(name, args, port, env, ready) {
  const log = path.join(logs, `${name}.log`);
  const output = fs.openSync(log, "a", 0o600);
  const since = performance.now();
  const child = start(nodePath(), ["--import", "./scripts/exit-with-parent.mjs", ...args], {
    cwd: inRoot(),
    env: { ...env, PORT: String(port) },
    stdio: ["ignore", output, output, "ipc"],
  });
  fs.closeSync(output);
  for (const end = since + READY_MS; performance.now() < end; await sleep(5)) {
    if (child.exitCode !== null || child.signalCode !== null) break;
    const answers = await fetch(`http://127.0.0.1:${port}${ready}`).then(
      (response) => response.body?.cancel().then(() => response.status < 500),
      () => false,
    );
    if (answers)
      return { name, port, pid: child.pid, startMs: Math.round(performance.now() - since), stop: () => stop(child) };
  }
  throw new Failure(`The ${name} server did not start`, "", fs.readFileSync(log, "utf8").slice(-4000));
}

function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const insist = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
    child.once("exit", () => {
      clearTimeout(insist);
      resolve();
    });
    child.kill("SIGTERM");
  });
}

/** Limits on requests are lifted, and the address of a sign-in may be told; all else is as in production. */
function settings(databaseUrl, secrets, port) {
  const url = `http://localhost:${port}`;
  return {
    ...process.env,
    ...secrets,
    NODE_ENV: "production",
    DATABASE_URL: databaseUrl,
    HOST: "127.0.0.1",
    HOSTNAME: "127.0.0.1",
    APP_URL: url,
    AUTH_URL: url,
    AUTH_TRUST_HOST: "true",
    LIMIT_FACTOR: "1000000",
    TRUSTED_PROXY_HOPS: "1",
    NEXT_TELEMETRY_DISABLED: "1",
  };
}

export const startControl = async (databaseUrl) =>
  launch("control", ["bench/control.mjs"], await freePort(), { ...process.env, DATABASE_URL: databaseUrl }, "/none");

export const startApp = (databaseUrl, secrets, port) =>
  launch("application", [serverFile], port, settings(databaseUrl, secrets, port), "/api/health/live");

/**
 * Registers a client with a running application and connects it to people, in the database.
 * @param {{ people: string[], renewals: number }} wanted ids, and how many renewal tokens in all
 * @returns {Promise<{ clientId: string, access: Record<string, string>, chains: string[] }>} access tokens by person, renewal tokens
 */
export async function connectAssistants(databaseUrl, secrets, port, wanted) {
  const answer = await fetch(`http://127.0.0.1:${port}/oauth/register`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ client_name: "bench", redirect_uris: ["http://127.0.0.1/callback"] }),
  });
  const { client_id: clientId } = await answer.json();
  const env = { ...settings(databaseUrl, secrets, port), BENCH_CONNECT: JSON.stringify({ ...wanted, clientId }) };
  const tokens = await runTypeScript("bench/assistants.mjs", env, "The assistants could not be connected", "");
  return { clientId, ...JSON.parse(tokens) };
}

export async function startRest(databaseUrl, secrets) {
  const port = await freePort();
  const flags = ["--conditions=react-server", "--disable-warning=ExperimentalWarning"];
  return launch("REST", [...flags, "bench/rest.mjs"], port, settings(databaseUrl, secrets, port), "/api/v1/tasks");
}

/** Seconds from `npm start` to its word that it is ready; the server is stopped again. Uses this installation's own data. */
export async function timeNpmStart() {
  const port = await freePort();
  const since = performance.now();
  const npm = spawn("npm", ["start"], {
    cwd: inRoot(),
    env: { ...process.env, PORT: String(port) },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const forget = beforeExit(() => process.kill(-npm.pid, "SIGTERM"));
  let output = "";
  const seconds = await new Promise((resolve, reject) => {
    const late = setTimeout(
      () => reject(new Failure("npm start was not ready after ten minutes", "", output)),
      600_000,
    );
    const read = (text) => {
      output += text;
      if (!output.includes("MindFlow is ready")) return;
      clearTimeout(late);
      resolve((performance.now() - since) / 1000);
    };
    npm.stdout.setEncoding("utf8").on("data", read);
    npm.stderr.setEncoding("utf8").on("data", read);
    npm.once("exit", () => reject(new Failure("npm start ended by itself", "", output)));
  });
  const gone = new Promise((resolve) => npm.once("exit", resolve));
  process.kill(-npm.pid, "SIGINT");
  await gone;
  forget();
  return seconds;
}
