// What a process costs, from /proc; other systems answer null and the table shows a dash.
import fs from "node:fs";
import os from "node:os";

const TICK_MS = 10; // USER_HZ is 100 on every Linux that Node runs on

const read = (file) => {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return null;
  }
};

const fieldsOf = (pid) => {
  const text = read(`/proc/${pid}/stat`);
  return text?.slice(text.lastIndexOf(")") + 2).split(" ");
};

/** Milliseconds of CPU that a process has used since it began, all threads together. */
export function cpuMs(pid) {
  const fields = fieldsOf(pid);
  return fields && (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** The number of the parent process. */
export const parentOf = (pid) => Number(fieldsOf(pid)?.[1] ?? 0);

/** CPU of a process and its children, those included that ended and were waited for: a Postgres with its backends. */
export function familyCpuMs(pid) {
  const fields = fieldsOf(pid);
  if (!fields) return null;
  const pids = fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name) && parentOf(name) === pid);
  const ended = (Number(fields[13]) + Number(fields[14])) * TICK_MS;
  return [pid, ...pids].reduce((sum, one) => sum + (cpuMs(one) ?? 0), ended);
}

/** Resident memory in MB. */
export function memoryMb(pid) {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(read(`/proc/${pid}/status`) ?? "")?.[1];
  return kilobytes === undefined ? null : Math.round(Number(kilobytes) / 1024);
}

/** What the figures were measured on, without a name of the machine. */
export const machine = () => ({
  processors: os.availableParallelism(),
  model: os.cpus()[0]?.model ?? "unknown",
  memoryGb: Math.round(os.totalmem() / 2 ** 30),
  node: process.version,
});

/** The load average of the last minute. */
export const loadAverage = () => Math.round((os.loadavg()[0] ?? 0) * 100) / 100;
