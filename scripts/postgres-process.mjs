// One PostgreSQL server process on one data folder: finding it, starting it, stopping it. No passwords here, no SQL.
import { spawn } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { birth } from "./identity.mjs";
import { asUser } from "./server-user.mjs";
import { Failure } from "./terminal.mjs";

// Recovery after a crash replays what the last checkpoint missed; that may take a while and must not be cut short.
const START_MS = 300_000;
const STOP_MS = 10_000;
const POLL_MS = 5;

/** What the server itself says in postmaster.pid: number, port and state ("starting", "ready", "stopping"); null without one. */
function readPidFile(dataDir) {
  try {
    const lines = fs.readFileSync(path.join(dataDir, "postmaster.pid"), "utf8").split("\n");
    return { pid: Number(lines[0]), port: Number(lines[3]), state: lines[7]?.trim() ?? "" };
  } catch (error) {
    if (error.code === "ENOENT") return null;
    throw error;
  }
}

/** Whether this process is a PostgreSQL server on this folder: after a crash the number may belong to anybody. */
function isServerOf(pid, dataDir) {
  if (!birth(pid)) return false;
  if (process.platform !== "linux") return true; // the server's own check of its lock file decides there
  // The command line is readable even where root may not look at other users' processes, as in most containers.
  const args = readOr("", () => fs.readFileSync(`/proc/${pid}/cmdline`, "utf8")).split("\0");
  if (path.basename(args[0]) !== "postgres") return false;
  return args.includes(dataDir) || readOr("", () => fs.readlinkSync(`/proc/${pid}/cwd`)) === fs.realpathSync(dataDir);
}

function readOr(otherwise, read) {
  try {
    return read();
  } catch {
    return otherwise;
  }
}

/** The server that runs on this folder, once it is ready; null when there is none. A lock file left by a dead one is removed. */
export async function findServer(dataDir) {
  for (const end = performance.now() + START_MS; performance.now() < end; await sleep(POLL_MS)) {
    const found = readPidFile(dataDir);
    if (!found) return null;
    if (!isServerOf(found.pid, dataDir)) {
      fs.rmSync(path.join(dataDir, "postmaster.pid"), { force: true });
      return null;
    }
    if (found.state === "ready") return found; // "starting" and "stopping" pass by themselves
  }
  throw new Failure(
    `The database in ${dataDir} has been starting or stopping for five minutes`,
    `Look into ${path.join(dataDir, "server.log")}.`,
  );
}

/** A port that is free now, chosen by the system. */
function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer().once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** Loopback only, no socket file: the password is the one way in. */
const SETTINGS = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: 100,
  timezone: "UTC",
  log_timezone: "UTC",
};

/** For databases nobody will miss: nothing is forced to the disk. */
const FAST = { fsync: "off", synchronous_commit: "off", full_page_writes: "off" };

async function launch({ dataDir, programs, user, fast }) {
  const port = await freePort();
  const settings = Object.entries({ ...SETTINGS, ...(fast ? FAST : {}) }).flatMap(([name, value]) => [
    "-c",
    `${name}=${value}`,
  ]);
  const logFile = path.join(dataDir, "server.log");
  // Truncated at each start: the log explains the last start, and must not grow for ever.
  const log = fs.openSync(logFile, "w", 0o600);
  const child = spawn(path.join(programs, "postgres"), ["-D", dataDir, "-p", String(port), ...settings], {
    ...asUser(user),
    cwd: dataDir,
    detached: true, // Ctrl-C in the terminal is for us; the server is stopped last
    stdio: ["ignore", log, log],
    env: { PATH: process.env.PATH, LC_ALL: "C", TZ: "UTC" }, // none of our secrets
  });
  fs.closeSync(log);
  const ended = new Promise((resolve) => {
    child.once("error", resolve);
    child.once("exit", resolve);
  });
  child.unref();
  for (const end = performance.now() + START_MS; performance.now() < end; ) {
    const over = await Promise.race([ended.then(() => true), sleep(POLL_MS, false)]);
    if (over) break;
    const found = readPidFile(dataDir);
    if (found?.pid === child.pid && found.state === "ready") return found;
  }
  return { error: fs.readFileSync(logFile, "utf8") };
}

/** Left by a server that was killed: its last helpers notice within moments, and until then no new one may start. */
const isPassing = (log) => /shared memory block|could not bind|Address already in use|lock file/i.test(log);

/** Starts a server on a prepared folder and waits until it is ready. */
export async function startServer(options) {
  for (const end = performance.now() + 15_000; ; await sleep(200)) {
    const { error, ...found } = await launch(options);
    if (found.pid) return found;
    if (!isPassing(error) || performance.now() > end)
      throw new Failure(
        "The database did not start",
        `Its log is above. If the data is damaged, restore a backup of ${options.dataDir}.`,
        error.split("\n").slice(-25).join("\n"),
      );
    await findServer(options.dataDir);
  }
}

/** Stops the server: open transactions are rolled back, everything committed is on the disk. Resolves once it is gone. */
export async function stopServer(dataDir) {
  for (const signal of ["SIGINT", "SIGQUIT", "SIGKILL"]) {
    const found = readPidFile(dataDir);
    if (!found || !isServerOf(found.pid, dataDir)) return;
    try {
      process.kill(found.pid, signal);
    } catch {
      return;
    }
    for (const end = performance.now() + STOP_MS; performance.now() < end; await sleep(POLL_MS))
      if (!birth(found.pid)) return;
  }
}

/** Rejects when the server has ended although nobody asked it to: killed by the system, most likely for memory. */
export async function watchServer({ pid }) {
  while (birth(pid)) await sleep(1000, undefined, { ref: false });
  throw new Failure(
    "The database ended by itself",
    "Start again: committed work is on the disk and is recovered. If it happens again, give the machine more memory.",
  );
}
