// npm start: from a clean clone to MindFlow in the browser. Needs Node 20 and npm, nothing else.
import { build } from "./build.mjs";
import { claimFiles, claimServer, hasUsers, migrateDatabase, openDatabase, planDatabase } from "./database.mjs";
import { address, appEnvironment, checkEnvironment, loadEnvFile, runTypeScript } from "./environment.mjs";
import { install } from "./install.mjs";
import { main } from "./lifetime.mjs";
import { shown } from "./paths.mjs";
import { requirePort, serve } from "./server.mjs";
import { bold, dim, Failure, green, say, step } from "./terminal.mjs";

const USAGE = `npm start                  installs, builds and serves MindFlow; Ctrl-C stops it
npm start -- --demo        fills a new database with a demo account and a week of tasks
npm start -- --throwaway   works on an empty database that is gone afterwards (for tests)
Settings: PORT, HOST, APP_URL, DATABASE_URL, … in the environment or in .env; see README.md.`;

function parseArguments(args) {
  const known = ["--demo", "--throwaway", "--help"];
  const unknown = args.find((arg) => !known.includes(arg));
  if (unknown) throw new Failure(`npm start does not know ${unknown}`, USAGE);
  return { demo: args.includes("--demo"), throwaway: args.includes("--throwaway"), help: args.includes("--help") };
}

/** Everything that writes into this folder, one process at a time. */
async function prepareFiles(work) {
  const files = await claimFiles("npm start");
  await work();
  files.release();
}

/** What to tell the person once it runs: how to get in. */
async function firstSteps({ url, env, demo }) {
  const used = await hasUsers(url);
  if (demo && used) return "--demo fills a new database only: this one has accounts already, nothing was added.";
  if (demo) {
    const account = await step("Filling in the demo", "Filled in the demo", () =>
      runTypeScript("prisma/seed.ts", env, "The demo could not be filled in", "Start without --demo, or report this."),
    );
    return `${account.trimEnd()}\nIn a second terminal, an assistant asks to be connected and plans a day:\n  ${bold("npm run demo")}`;
  }
  if (used) return "";
  const link = await runTypeScript(
    "scripts/setup-link.mjs",
    env,
    "The set-up link could not be made",
    "The log above says why. Start again to get a link.",
  );
  return link && `Nobody has an account yet. This link makes the administrator, once:\n  ${bold(link.trim())}`;
}

let serving = false;

async function run() {
  const options = parseArguments(process.argv.slice(2));
  if (options.help) {
    say(USAGE);
    return 0;
  }
  loadEnvFile();
  const claim = options.throwaway ? null : await claimServer("npm start");
  const place = address();
  await prepareFiles(install);

  const plan = await planDatabase(options);
  const planned = appEnvironment({ mode: "production", databaseUrl: plan.url, secrets: plan.secrets });
  await checkEnvironment(planned);
  await requirePort(place);
  const opening = openDatabase(plan).then(async (opened) => {
    await migrateDatabase(opened.url);
    return opened;
  });
  const [database] = await Promise.all([opening, prepareFiles(build)]);

  const { url } = database;
  const env = { ...planned, DATABASE_URL: url };
  const [server, words] = await Promise.all([
    step("Starting the server", "Started the server", () => serve(env, place)),
    firstSteps({ url, env, demo: options.demo }),
  ]);
  serving = true;
  claim?.tell({ url: place.url });
  say(`${green("✓")} MindFlow is ready at ${bold(place.url)} ${dim(`(${(performance.now() / 1000).toFixed(1)} s)`)}`);
  if (words) say(words.trimEnd());
  if (server.logFile) say(dim(`Log: ${shown(server.logFile)}   Stop: Ctrl-C`));
  await Promise.race([server.ended, database.ended()]);
}

await main(run, { interrupted: () => (serving ? 0 : 130) });
