// Telling whether "process 4711" is still the process it was: numbers are used again, after a reboot at once.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

const linux = process.platform === "linux";
let boot;

/** Fields of /proc/<pid>/stat after the name, which may itself hold spaces and brackets; null when there is no such process. */
function stat(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [state, parent, ...rest] = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return { state, parent: Number(parent), started: rest[17] };
  } catch {
    return null;
  }
}

function ps(pid, columns) {
  const { stdout } = spawnSync("ps", ["-o", columns, "-p", String(pid)], { encoding: "utf8" });
  return stdout?.trim() ?? "";
}

/** A text that no other process ever had or will have; null when the process is gone (a zombie is gone). */
export function birth(pid) {
  if (!Number.isInteger(pid) || pid <= 0) return null;
  if (!linux) return ps(pid, "lstart=") || null;
  const found = stat(pid);
  if (!found || found.state === "Z" || found.state === "X") return null;
  boot ??= readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  return `${boot}/${found.started}`;
}

/** Number and birth together: enough to recognise the process later. */
export const identify = (pid) => ({ pid, birth: birth(pid) });

/** Whether that very process still runs. */
export const isAlive = (who) => Boolean(who?.birth) && birth(who.pid) === who.birth;

/** The number of the parent process; 0 when unknown. */
export const parentOf = (pid) => (linux ? (stat(pid)?.parent ?? 0) : Number(ps(pid, "ppid=")) || 0);

/** The name of the program a process runs, e.g. "sh"; "" when unknown. */
export function programOf(pid) {
  if (!linux) return ps(pid, "comm=").split("/").pop() ?? "";
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  } catch {
    return "";
  }
}
