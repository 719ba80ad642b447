import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const root = path.resolve(import.meta.dirname, "../..");
const serverFile = path.join(root, ".next/standalone/server.js");
const readyMs = 60_000;

type ClusterServer = { url: string; pid: number };

export type Cluster = {
  /** The one APP_URL: a round robin that gives every request to the other server than the one before. */
  url: string;
  /** The servers themselves, for asking a particular one. */
  servers: [ClusterServer, ClusterServer];
  /** Ends everything that was started; safe to call twice. */
  stop(): Promise<void>;
};

/** What one process of the cluster wrote, for a failure that has to be explained. */
type Started = ClusterServer & { child: ChildProcess; output: () => string };

async function freePort(): Promise<number> {
  const probe = http.createServer();
  const { port } = await listening(probe);
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

function listening(server: http.Server): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve(server.address() as AddressInfo));
  });
}

/** Passes each request to the next server in turn, headers and all: no stickiness that could hide state kept in memory. */
function roundRobin(ports: readonly number[]): http.Server {
  const agent = new http.Agent({ keepAlive: true });
  let turn = 0;
  const server = http.createServer((request, response) => {
    const port = ports[turn++ % ports.length];
    const options = {
      host: "127.0.0.1",
      port,
      method: request.method,
      path: request.url,
      headers: request.headers,
      agent,
    };
    const onward = http.request(options, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(response);
    });
    onward.once("error", (error) => response.writeHead(502).end(String(error)));
    request.pipe(onward);
  });
  server.once("close", () => agent.destroy());
  return server;
}

function startServer(port: number, environment: NodeJS.ProcessEnv): Started {
  // The third wire ends the server when this process is killed outright (scripts/exit-with-parent.mjs).
  const child = spawn(process.execPath, ["--import", path.join(root, "scripts/exit-with-parent.mjs"), serverFile], {
    cwd: root,
    env: { ...environment, PORT: String(port), HOST: "127.0.0.1", HOSTNAME: "127.0.0.1" },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(-16_384);
    });
  return { url: `http://127.0.0.1:${port}`, pid: child.pid ?? 0, child, output: () => output };
}

async function untilReady({ url, child, output }: Started): Promise<void> {
  for (const end = performance.now() + readyMs; performance.now() < end; await sleep(25)) {
    if (child.exitCode !== null || child.signalCode !== null) break;
    const status = await fetch(`${url}/api/health/ready`).then(
      (response) => response.body?.cancel().then(() => response.status),
      () => 0,
    );
    if (status === 200) return;
  }
  throw new Error(`A server of the cluster did not start:\n${output()}`);
}

async function end({ child }: Started): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || !child.pid) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  if (await Promise.race([gone.then(() => true), sleep(5000, false, { ref: false })])) return;
  child.kill("SIGKILL");
  await gone;
}

/**
 * Starts two built servers on one database behind a round robin. Database and secrets are this process's own, so a test can
 * look into the same database, and may mint what the servers accept.
 * @param settings variables of the servers beside those
 * @throws Error when there is no build, or when a server does not come up; nothing is left running then
 */
export async function startCluster(settings: Record<string, string> = {}): Promise<Cluster> {
  if (!existsSync(serverFile))
    throw new Error("The cluster runs the built server, and there is none. Build it first: npm test does.");
  const ports = [await freePort(), await freePort()] as const;
  const balancer = roundRobin(ports);
  const url = `http://localhost:${(await listening(balancer)).port}`;
  const environment = {
    ...process.env,
    NODE_ENV: "production" as const,
    NODE_OPTIONS: "",
    APP_URL: url,
    AUTH_URL: url,
    AUTH_TRUST_HOST: "true",
    // What production accepts; tests elsewhere hash more cheaply.
    ARGON2_MEMORY_KIB: "19456",
    ARGON2_ITERATIONS: "2",
    LOG_LEVEL: "error",
    ...settings,
  };
  const [first, second] = [startServer(ports[0], environment), startServer(ports[1], environment)];
  const stop = async () => {
    balancer.closeAllConnections();
    await Promise.all([end(first), end(second), new Promise((resolve) => balancer.close(resolve))]);
  };
  try {
    await Promise.all([untilReady(first), untilReady(second)]);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, servers: [first, second], stop };
}
