// Where the embedded database and its secrets live: in .data, or, when the user the server runs as cannot come
// through the folders above it, together in a place of their own that .data points to.
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { ensureDataDir, makeDir, writePrivately } from "./data-dir.mjs";
import { dataDir } from "./paths.mjs";
import { isDatabase } from "./postgres.mjs";
import { stopServer } from "./postgres-process.mjs";
import { canReach, ownerOf } from "./server-user.mjs";
import { Failure, say, step } from "./terminal.mjs";

const pointer = path.join(dataDir, "moved-to");

/** Where an earlier start moved everything; null when it lives in .data. */
function movedTo() {
  try {
    return fs.readFileSync(pointer, "utf8").trim();
  } catch (error) {
    if (error.code === "ENOENT") return null;
    throw error;
  }
}

/** Takes secrets and data along, if there are any; the copy is complete before the originals go. */
async function moveOut() {
  await stopServer(path.join(dataDir, "postgres"));
  // A new name each time: a fresh clone in the place of an old one must not come upon the old one's data.
  const home = path.join("/var/lib", `mindflow-${randomBytes(6).toString("hex")}`);
  makeDir(home, 0o711);
  for (const name of ["secrets.json", "postgres"]) {
    if (!fs.existsSync(path.join(dataDir, name))) continue;
    const copy = spawnSync("cp", ["-a", path.join(dataDir, name), home], { encoding: "utf8" });
    if (copy.status !== 0)
      throw new Failure(
        `The database could not be moved to ${home}`,
        "Free some space there, or open the folders above this one: chmod o+x.",
        copy.stderr,
      );
  }
  writePrivately(pointer, `${home}\n`);
  for (const name of ["secrets.json", "postgres"])
    fs.rmSync(path.join(dataDir, name), { recursive: true, force: true });
  return home;
}

/** The folder with secrets.json and postgres/. */
export async function databaseHome() {
  ensureDataDir();
  const moved = movedTo();
  if (moved && !fs.existsSync(moved))
    throw new Failure(
      `${pointer} says that the database lives in ${moved}, which is not there`,
      `Restore that folder from a backup, or remove ${pointer} to begin with an empty database.`,
    );
  if (moved) return moved;
  const user = ownerOf(path.join(dataDir, "postgres"));
  if (canReach(user, dataDir)) return dataDir;
  const home = await step("Moving the database", "Moved the database", moveOut);
  say(`The database lives in ${home}: it runs as ${user.name}, who cannot enter this folder.`);
  return home;
}

/** The database's own folder in a home, and whether there is one already. */
export function databaseIn(home) {
  const dir = path.join(home, "postgres");
  return { dataDir: dir, exists: isDatabase(dir) };
}
