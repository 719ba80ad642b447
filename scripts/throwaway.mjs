// An empty database for tests, in a folder of its own, gone with its owner. What a killed owner left is removed by the next.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { identify, isAlive } from "./identity.mjs";
import { beforeExit } from "./lifetime.mjs";
import { startPostgres } from "./postgres.mjs";
import { stopServer } from "./postgres-process.mjs";
import { canReach, serverUser } from "./server-user.mjs";

const PREFIX = "mindflow-throwaway-";

/** The system's folder for temporary files, if the database's user gets there. */
const parent = () =>
  [os.tmpdir(), "/tmp", "/var/tmp"].find((dir) => fs.existsSync(dir) && canReach(serverUser(), dir)) ?? os.tmpdir();

async function discard(dir) {
  await stopServer(path.join(dir, "postgres"));
  fs.rmSync(dir, { recursive: true, force: true });
}

/** Removes folders of owners that were killed; those of other users are not ours to touch. */
async function sweep(base) {
  for (const name of fs.readdirSync(base).filter((entry) => entry.startsWith(PREFIX))) {
    const dir = path.join(base, name);
    try {
      if (
        fs.statSync(dir).uid === process.getuid?.() &&
        !isAlive(JSON.parse(fs.readFileSync(path.join(dir, "owner.json"), "utf8")))
      )
        await discard(dir);
    } catch {
      // Being made or being removed by its owner at this moment.
    }
  }
}

/** Starts a server with an empty database. `stop()` removes every trace of it. */
export async function startThrowaway() {
  const base = parent();
  await sweep(base);
  const dir = fs.mkdtempSync(path.join(base, PREFIX));
  fs.chmodSync(dir, 0o711);
  fs.writeFileSync(path.join(dir, "owner.json"), JSON.stringify(identify(process.pid)), { mode: 0o600 });
  const forget = beforeExit(() => discard(dir));
  const server = await startPostgres({ dataDir: path.join(dir, "postgres"), fast: true });
  return {
    ...server,
    async stop() {
      await server.stop();
      forget();
      await discard(dir);
    },
  };
}
