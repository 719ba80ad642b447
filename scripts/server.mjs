// The built server as a child process: its port, its log, the moment it answers.
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { serverFile } from "./build.mjs";
import { lastLines, start } from "./children.mjs";
import { ensureDataDir } from "./data-dir.mjs";
import { nodePath } from "./install.mjs";
import { isStopping } from "./lifetime.mjs";
import { inRoot, shown } from "./paths.mjs";
import { Failure, Interrupted } from "./terminal.mjs";

const READY_MS = 60_000;
const LOG_LIMIT = 10 * 1024 * 1024;

/** Where to ask a server that listens on `host`. */
const reachable = (host) =>
  ({ "0.0.0.0": "127.0.0.1", "::": "[::1]" })[host] ?? (net.isIPv6(host) ? `[${host}]` : host);

const answersOnIpv6 = (port) =>
  new Promise((resolve) => {
    const socket = net.connect({ host: "::1", port });
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("close", () => resolve(false));
    socket.setTimeout(500, () => socket.destroy());
  }).finally(() => undefined);

/** Fails when the port is taken, before minutes are spent on a build. */
export async function requirePort({ host, port }) {
  const code = await new Promise((resolve) => {
    const probe = net.createServer();
    probe.once("error", (error) => resolve(error.code));
    probe.listen({ host, port: Number(port), exclusive: true }, () => probe.close(() => resolve(null)));
  });
  // Browsers try ::1 first for "localhost": whoever listens there would be taken for us.
  const taken = code === "EADDRINUSE" || (code === null && host === "127.0.0.1" && (await answersOnIpv6(port)));
  if (taken)
    throw new Failure(
      `Port ${port} is in use by another program`,
      `Choose another: PORT=${Number(port) + 1} npm start`,
    );
  if (code === "EACCES")
    throw new Failure(
      `Port ${port} is reserved for the administrator of this machine`,
      "Choose one above 1023: PORT=3000 npm start",
    );
  if (code)
    throw new Failure(
      `HOST=${host} is no address of this machine (${code})`,
      "Use 127.0.0.1 for this machine only, 0.0.0.0 for all its networks.",
    );
}

/** The log file for a server whose terminal a person looks at; the last one is kept when it has grown large. */
function openLog() {
  const file = path.join(ensureDataDir(), "mindflow.log");
  if ((fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0) > LOG_LIMIT) fs.renameSync(file, `${file}.1`);
  return { file, handle: fs.openSync(file, "a", 0o600) };
}

/**
 * Starts the built server and waits until it answers.
 * @returns {Promise<{ logFile: string | null, ended: Promise<void> }>} `ended` rejects when the server ends by itself
 */
export async function serve(env, { host, port }) {
  await requirePort({ host, port }); // somebody may have taken it during the build
  const log = process.stdout.isTTY ? openLog() : null;
  const begin = log ? fs.fstatSync(log.handle).size : 0;
  const stdio = ["ignore", log?.handle ?? "inherit", log?.handle ?? "inherit", "ipc"];
  const child = start(nodePath(), ["--import", "./scripts/exit-with-parent.mjs", serverFile], {
    cwd: inRoot(),
    env,
    stdio,
  });
  if (log) fs.closeSync(log.handle);
  const ended = new Promise((_, reject) => {
    child.once("error", (error) =>
      reject(
        new Failure(
          `The server could not be started: ${error.message}`,
          "Install Node 24 from https://nodejs.org and run the command again.",
        ),
      ),
    );
    child.once("exit", (code, signal) => {
      if (isStopping()) return reject(new Interrupted());
      const output = log ? fs.readFileSync(log.file).subarray(begin).toString("utf8") : "";
      reject(
        new Failure(
          `The server ended by itself (${signal ?? `exit code ${code}`})`,
          log ? `Its log is in ${shown(log.file)}.` : "Its log is above.",
          lastLines(output, 20),
        ),
      );
    });
  });
  await Promise.race([ended, untilItAnswers(`http://${reachable(host)}:${port}/api/health/live`)]);
  return { logFile: log?.file ?? null, ended };
}

async function untilItAnswers(url) {
  for (const end = performance.now() + READY_MS; performance.now() < end; await sleep(15)) {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(5000) });
      await response.body?.cancel();
      if (response.status < 500) return;
    } catch {
      // Not listening yet.
    }
  }
  throw new Failure(
    `The server did not answer at ${url} for a minute`,
    "Look into its log; if the machine is busy, try again.",
  );
}
