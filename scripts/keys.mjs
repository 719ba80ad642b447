// npm run keys: the keys that sign assistants' access tokens.
import { borrowDatabase, migrateDatabase, planDatabase } from "./database.mjs";
import { appEnvironment, loadEnvFile, runTypeScript } from "./environment.mjs";
import { install } from "./install.mjs";
import { main } from "./lifetime.mjs";
import { Failure, say } from "./terminal.mjs";

const USAGE = `npm run keys -- list      shows the signing keys, the one in use first
npm run keys -- rotate    signs with a new key from now on; tokens signed before live to their end`;

async function run() {
  const [command] = process.argv.slice(2);
  if (command !== "list" && command !== "rotate") throw new Failure("Which command?", USAGE);
  loadEnvFile();
  await install();
  const databaseUrl = await borrowDatabase("npm run keys");
  await migrateDatabase(databaseUrl);
  const { secrets } = await planDatabase();
  const env = { ...appEnvironment({ mode: "production", databaseUrl, secrets }), SIGNING_KEYS: command };
  say((await runTypeScript("scripts/signing-keys.mjs", env, "That did not work", "The log above says why.")).trimEnd());
  return 0;
}

await main(run);
