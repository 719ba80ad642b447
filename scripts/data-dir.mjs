// .data: open for passing through (0711, the database's user must reach its folder), closed for looking.
import fs from "node:fs";
import path from "node:path";
import { dataDir } from "./paths.mjs";

/** Makes .data, or a private folder in it, and returns its path. */
export function ensureDataDir(sub) {
  makeDir(dataDir, 0o711);
  if (!sub) return dataDir;
  const dir = path.join(dataDir, sub);
  makeDir(dir, 0o700);
  return dir;
}

/** Makes a folder with exactly this mode, whatever the umask says, and also when it was there before. */
export function makeDir(dir, mode) {
  if (!fs.existsSync(dir)) fs.mkdirSync(dir, { recursive: true, mode });
  if ((fs.statSync(dir).mode & 0o777) !== mode) fs.chmodSync(dir, mode);
}

/** Writes a file that is complete or not there at all, readable by its owner only, even if the machine fails meanwhile. */
export function writePrivately(file, text) {
  const draft = `${file}.${process.pid}.new`;
  const handle = fs.openSync(draft, "w", 0o600);
  try {
    fs.writeSync(handle, text);
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
  fs.renameSync(draft, file);
}
