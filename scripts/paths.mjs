// Where things are. Every script works from the top of the repository, whatever directory it was called from.
import { realpathSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

/** An absolute path inside the repository. */
export const inRoot = (...parts) => path.join(root, ...parts);

/** A path as a person would type it from the repository's top; unchanged when it lies elsewhere. */
export function shown(file) {
  const relative = path.relative(root, file);
  return relative.startsWith("..") ? file : relative;
}

/** Everything that belongs to this installation and to nobody else: secrets, the database, logs. Never in git. */
export const dataDir = inRoot(".data");

/** Whether the module with this URL is the script that was started, and not imported by another. */
export const isMain = (url) => Boolean(process.argv[1]) && realpathSync(process.argv[1]) === fileURLToPath(url);
