// The secrets of an installation that brings its own database: made once, kept in one file only its owner can read.
// They belong to the database beside them (its password, the pepper of its hashes), so they live and move with it.
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { writePrivately } from "./data-dir.mjs";
import { isMain, shown } from "./paths.mjs";
import { Failure } from "./terminal.mjs";

/** The secrets the application reads from its environment. */
export const APP_SECRETS = ["AUTH_SECRET", "FLOW_SECRET", "PEPPER"];
const NAMES = [...APP_SECRETS, "DATABASE_PASSWORD"];

/** 256 random bits as text that needs no quoting anywhere: shells, URLs, SQL. */
export const randomSecret = () => randomBytes(32).toString("base64url");

export const freshSecrets = () => Object.fromEntries(NAMES.map((name) => [name, randomSecret()]));

function read(file) {
  try {
    const found = JSON.parse(fs.readFileSync(file, "utf8"));
    if (NAMES.some((name) => name in found && typeof found[name] !== "string")) throw new SyntaxError();
    return found;
  } catch (error) {
    if (error.code === "ENOENT") return null;
    if (!(error instanceof SyntaxError)) throw error;
    throw new Failure(
      `${shown(file)} is damaged`,
      `Restore it from a backup: the database beside it cannot be opened without it.\nTo begin again with an empty database, move the whole folder ${shown(path.dirname(file))} away.`,
    );
  }
}

/**
 * Reads the secrets in `home`, making those that are missing.
 * @param {string} home the folder that also holds the database
 * @param {{ databaseExists: boolean }} state a lost password of an existing database cannot be made anew
 */
export function loadSecrets(home, { databaseExists }) {
  const file = path.join(home, "secrets.json");
  const found = read(file);
  if (databaseExists && !found?.DATABASE_PASSWORD)
    throw new Failure(
      `${shown(file)} is missing, and with it the password of the database beside it`,
      `Restore it from a backup. To begin again with an empty database, move the folder ${shown(path.join(home, "postgres"))} away.`,
    );
  if (found && (fs.statSync(file).mode & 0o077) !== 0) fs.chmodSync(file, 0o600);
  if (found && NAMES.every((name) => found[name])) return found;
  const complete = { ...freshSecrets(), ...found };
  writePrivately(file, `${JSON.stringify(complete, null, 2)}\n`);
  return complete;
}

// `node scripts/secrets.mjs >> .env`: for installations with a database of their own, where several servers share them.
if (isMain(import.meta.url)) for (const name of APP_SECRETS) console.log(`${name}=${randomSecret()}`);
