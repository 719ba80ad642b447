// Skipping work whose inputs have not changed: by content, so a checkout or a copied folder does not count as a change.
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { inRoot } from "./paths.mjs";

/** All files under the given paths (files or folders, missing ones are skipped), in a fixed order. */
export function filesUnder(names, skip = () => false) {
  const found = [];
  const visit = (name) => {
    const info = fs.statSync(inRoot(name), { throwIfNoEntry: false });
    if (!info || skip(name)) return;
    if (!info.isDirectory()) found.push(name);
    else for (const entry of fs.readdirSync(inRoot(name)).sort()) visit(path.join(name, entry));
  };
  for (const name of names) visit(name);
  return found;
}

/** A short hash over names and contents of files, and over what else the result depends on. */
export function fingerprint(files, ...extra) {
  const hash = createHash("sha256");
  for (const name of files) hash.update(`\0${name}\0`).update(fs.readFileSync(inRoot(name)));
  return hash
    .update(`\0${extra.join("\0")}`)
    .digest("hex")
    .slice(0, 32);
}

/** Whether the work stamped in `file` was done for these inputs. */
export function isStamped(file, value) {
  try {
    return fs.readFileSync(inRoot(file), "utf8") === value;
  } catch {
    return false;
  }
}

/** Removes a stamp before its work begins: work that is interrupted must not look done. */
export const unstamp = (file) => fs.rmSync(inRoot(file), { force: true });

/** Marks work as done for these inputs. */
export const stamp = (file, value) => fs.writeFileSync(inRoot(file), value);
