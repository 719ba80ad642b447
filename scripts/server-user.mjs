// PostgreSQL refuses to run as root. Started by root, it runs as an ordinary user that every system has,
// and that user must be able to reach both the programs and the data.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { Failure } from "./terminal.mjs";

/** The user the database runs as: { uid, gid, name }, or {} when we are not root and it runs as ourselves. */
export function serverUser() {
  if (process.getuid?.() !== 0) return {};
  const users = fs
    .readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"));
  const [name, , uid, gid] =
    users.find(([user]) => user === "postgres") ?? users.find(([user]) => user === "nobody") ?? [];
  if (!name)
    throw new Failure(
      "PostgreSQL does not run as root, and this system has neither a user postgres nor nobody",
      "Create one: useradd --system postgres. Or run MindFlow as an ordinary user.",
    );
  const user = { name, uid: Number(uid), gid: Number(gid) };
  if (spawnSync("/bin/sh", ["-c", "exit 0"], asUser(user)).error)
    throw new Failure(
      `PostgreSQL does not run as root, and this root may not become ${name}`,
      "Run MindFlow as an ordinary user, or set DATABASE_URL to a database of your own.",
    );
  return user;
}

/** The user who owns a database that is there already, so that it opens for whoever may become that user; else the default. */
export function ownerOf(databaseDir) {
  const owner = fs.statSync(databaseDir, { throwIfNoEntry: false });
  if (process.getuid?.() !== 0 || !owner || owner.uid === 0) return serverUser();
  return { name: `user ${owner.uid}`, uid: owner.uid, gid: owner.gid };
}

/** The options that make a child process run as this user. */
export const asUser = ({ uid, gid }) => (uid === undefined ? {} : { uid, gid });

/** Whether the user gets as far as this folder or program. */
export function canReach(user, file) {
  if (user.uid === undefined) return true;
  return (
    spawnSync("/bin/sh", ["-c", 'test -r "$0" -o -d "$0" && test -x "$0"', file], {
      ...asUser(user),
      cwd: "/",
      stdio: "ignore",
    }).status === 0
  );
}

/** Hands a file or folder to the user. */
export function giveTo(user, file) {
  if (user.uid !== undefined) fs.chownSync(file, user.uid, user.gid);
}
