// The official suite as it comes: its command line, and the checks it writes down.
import fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { killGroup, start } from "../children.mjs";
import { isStopping } from "../lifetime.mjs";
import { Interrupted } from "../terminal.mjs";

const command = fileURLToPath(import.meta.resolve("@modelcontextprotocol/conformance/dist/index.js"));

const failure = (scenario, errorMessage) => ({ scenario, checks: [{ id: scenario, status: "FAILURE", errorMessage }] });

/** The checks of each scenario that the suite announced. One that wrote none down has crashed, or was not come to. */
export function results(dir, output) {
  const written = new Map(
    fs.readdirSync(dir).map((name) => [name.replace(/^(authorization-)?server-|-\d{4}-\d\d-\d\dT[\d-]+Z$/g, ""), name]),
  );
  const announced = Number(/^Running .* \((\d+) scenarios\) against /m.exec(output)?.[1] ?? 0);
  const begun = [...output.matchAll(/^=== Running scenario: (\S+) ===$/gm)].map(([, scenario]) => scenario);
  const found = begun.map((scenario) => {
    const file = path.join(dir, written.get(scenario) ?? "", "checks.json");
    const checks = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, "utf8")) : [];
    return checks.length > 0 ? { scenario, checks } : failure(scenario, "did not come to its end");
  });
  if (announced > 0 && begun.length === announced) return found;
  return [...found, failure("(the rest)", `only ${begun.length} of ${announced} scenarios were run`)];
}

/**
 * Runs one command of the suite to its end.
 * @param {{ dir: string, seconds: number, listen?: (output: string) => void }} options
 * @returns what each scenario found, and what was printed
 */
export async function runSuite(args, { dir, seconds, listen = () => undefined }) {
  fs.mkdirSync(dir, { recursive: true });
  const child = start(process.execPath, [command, ...args, "--output-dir", dir], {
    cwd: dir,
    env: { ...process.env, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text) => {
      output += text;
      listen(output);
    });
  const ended = new Promise((resolve) => child.once("close", resolve));
  const late = Symbol("late");
  if ((await Promise.race([ended, sleep(seconds * 1000, late, { ref: false })])) === late) {
    killGroup(child.pid, "SIGKILL");
    await ended;
    output += `\nended after ${seconds} s\n`;
  }
  if (isStopping()) throw new Interrupted();
  return { scenarios: results(dir, output), output };
}
