// npm run demo: the main job in two minutes. A scripted assistant asks to be connected, the person approves, and it plans a small
// day, telling every step. It is built on the official client, so it meets MindFlow as every other assistant does.
import fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { claimsOf } from "./claims.mjs";
import { claimFiles } from "./database.mjs";
import { approve, openInBrowser } from "./demo/browser.mjs";
import { connect } from "./demo/connection.mjs";
import { Day } from "./demo/day.mjs";
import { address, loadEnvFile } from "./environment.mjs";
import { install } from "./install.mjs";
import { isStopping, main, whenStopping } from "./lifetime.mjs";
import { inRoot } from "./paths.mjs";
import { bold, dim, Failure, green, say, step } from "./terminal.mjs";

const USAGE = `npm run demo                 an assistant asks to be connected; you approve it in your browser, and it plans a small day
npm run demo -- --url=…      the MindFlow to connect to, unless it is the one of this folder
npm run demo -- --no-open    prints the address for the approval and opens no browser
npm run demo -- --clean      moves its tasks to the trash at the end, and disconnects itself
npm run demo -- --auto --email=… --password=…
                             a headless browser signs in and approves; the password may also stand in DEMO_PASSWORD`;

const demoAccount = "mara@example.com";

function parseArguments(args) {
  const flag = { type: "boolean", default: false };
  const text = { type: "string" };
  const options = { url: text, auto: flag, email: text, password: text, clean: flag, "no-open": flag, help: flag };
  let values;
  try {
    ({ values } = parseArgs({ args, options, strict: true }));
  } catch (error) {
    throw new Failure(error.message, USAGE);
  }
  const { email = demoAccount, password = process.env.DEMO_PASSWORD, url } = values;
  if (url !== undefined && !/^https?:\/\/[^/?#]+(\/mcp)?\/?$/.test(url))
    throw new Failure(`--url=${url} is no address of a MindFlow`, "Use one such as --url=http://localhost:3000");
  if (values.auto && !password)
    throw new Failure(
      "--auto needs to know how to sign in",
      "npm run demo -- --auto --email=… --password=…\nnpm start -- --demo prints both for the demo account. Without --auto you approve in your own browser.",
    );
  return { ...values, account: { email, password }, url: url && new URL(url).origin };
}

/** The MindFlow that runs from this folder, once it does; else where it would be. */
async function whereItRuns() {
  const claim = () => claimsOf("server")[0];
  if (claim() && !claim().url)
    await step("Waiting for MindFlow to start", "MindFlow has started", async () => {
      while (!isStopping() && claim() && !claim().url) await sleep(250);
    });
  return claim()?.url ?? address().url;
}

/** Numbered steps, with what there is to say about each below it. */
function teller() {
  let count = 0;
  return {
    step: (text) => say(`\n${bold(String(++count).padStart(2))}  ${text}`),
    line: (text) => say(`    ${text}`),
  };
}

const permissions = {
  "tasks:read": "read your tasks",
  "tasks:write": "add, edit and complete tasks",
  "tasks:delete": "move tasks to the trash",
  "notifications:read": "read your notifications",
};

/** The person's zone, as the server tells every assistant; this machine's where it does not. */
function zoneOf(instructions = "") {
  const [, zone] = /zone is ([A-Za-z0-9_+\-/]+[A-Za-z0-9])/.exec(instructions) ?? [];
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    return Intl.DateTimeFormat().resolvedOptions().timeZone;
  }
}

async function run() {
  const options = parseArguments(process.argv.slice(2));
  if (options.help) {
    say(USAGE);
    return 0;
  }
  loadEnvFile();
  const files = await claimFiles("npm run demo");
  await install();
  files.release();
  const url = options.url ?? (await whereItRuns());
  const { version } = JSON.parse(fs.readFileSync(inRoot("package.json"), "utf8"));

  const tell = teller();
  const unsay = whenStopping(() => say("\nStopped. Nothing was connected."));
  const { client, disconnect } = await connect(url, version, options.clean ? ["tasks:delete"] : [], {
    registered(id) {
      tell.step(`Asks ${url}/mcp for tasks. It is turned away, is told where to ask, and registers itself:`);
      tell.line(`client ${id}`);
    },
    async asks(authorization) {
      tell.step("Needs your approval. Open this address, and choose what it may do:");
      say(`\n${authorization}\n`);
      if (options.auto)
        return await approve(authorization, options.account, options.clean ? "full" : "help", tell.line);
      if (options.clean) tell.line("Choose “Full” there, so that it can move its tasks to the trash at the end.");
      if (!options["no-open"]) openInBrowser(authorization);
      say(dim("    Waiting for your answer, for ten minutes at most. Ctrl-C stops."));
    },
    granted(scopes) {
      const may = scopes.flatMap((scope) => permissions[scope] ?? []);
      tell.step(`Is connected. It may ${may.join("; ") || "do nothing"}.`);
    },
  }).finally(unsay);
  const { tools } = await client.listTools();
  tell.line(`It speaks MCP ${client.getNegotiatedProtocolVersion()} and is offered ${tools.length} tools.`);

  const names = tools.map(({ name }) => name);
  const day = new Day({ client, tools: names, zone: zoneOf(client.getInstructions()), tell });
  await day.run();
  if (options.clean) {
    await day.cleanUp();
    await client.close();
    await disconnect();
    tell.step("Disconnects itself. Its token opens nothing any more.");
  } else await client.close();
  say(`\n${green("✓")} That was an assistant at work.`);
  say(`  What it did, and why:  ${url}/activity`);
  say(`  What it may do:        ${url}/assistants`);
  say(
    options.clean
      ? "  Its connection has ended. Whatever it did can still be undone there."
      : "  Undo any of it there, or disconnect it. Its tasks carry the tag “demo”.",
  );
  return 0;
}

await main(run);
