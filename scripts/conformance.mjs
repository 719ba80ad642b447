// npm run test:conformance: the official MCP suite against a throw-away MindFlow. The server sets of both protocols, first with
// fixtures on the product's MCP door, then against the product as it is built; and the suite's own client coming in through
// sign-in and consent. Loopback only; ends by itself.
import { parseArgs } from "node:util";
import { build } from "./build.mjs";
import { start } from "./children.mjs";
import { claimFiles } from "./database.mjs";
import { install, nodePath } from "./install.mjs";
import { isStopping, main } from "./lifetime.mjs";
import { inRoot } from "./paths.mjs";
import { Failure, Interrupted, say } from "./terminal.mjs";

const USAGE = `npm run test:conformance                   everything, about twenty seconds after the build
npm run test:conformance -- --only=2025   only the sets whose names contain this word
npm run test:conformance -- --keep        keeps what the suite wrote, and says where`;

/** Servers and a database have to end first. */
const PATIENCE_MS = 15_000;

/** Refuses what run.mjs would not understand, before minutes are spent on a build. */
function parseArguments(args) {
  const flag = { type: "boolean" };
  try {
    return parseArgs({ args, options: { only: { type: "string" }, keep: flag, help: flag } }).values;
  } catch (error) {
    throw new Failure(error.message, USAGE);
  }
}

async function run() {
  const args = process.argv.slice(2);
  if (parseArguments(args).help) {
    say(USAGE);
    return 0;
  }
  const files = await claimFiles("npm run test:conformance");
  await install();
  await build();
  files.release();
  // On the product's own Node: it runs sources of the product and of its tests.
  const flags = ["--disable-warning=ExperimentalWarning", "scripts/conformance/run.mjs"];
  const child = start(nodePath(), [...flags, ...args], { cwd: inRoot(), patience: PATIENCE_MS });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => (isStopping() ? reject(new Interrupted()) : resolve(code ?? 1)));
  });
}

await main(run);
