// npm run dev: the same database and secrets as npm start, with hot reload instead of a build.
import { start } from "./children.mjs";
import { claimFiles, claimServer, hasUsers, migrateDatabase, openDatabase, planDatabase } from "./database.mjs";
import { address, appEnvironment, checkEnvironment, loadEnvFile, runTypeScript } from "./environment.mjs";
import { generate } from "./generate.mjs";
import { install, nodePath } from "./install.mjs";
import { main } from "./lifetime.mjs";
import { inRoot } from "./paths.mjs";
import { requirePort } from "./server.mjs";
import { bold, say } from "./terminal.mjs";

async function run() {
  loadEnvFile();
  const claim = await claimServer("npm run dev");
  const files = await claimFiles("npm run dev");
  await install();
  await generate();
  files.release();

  const place = address();
  const plan = await planDatabase();
  const planned = appEnvironment({ mode: "development", databaseUrl: plan.url, secrets: plan.secrets });
  await checkEnvironment(planned);
  await requirePort(place);
  const { url } = await openDatabase(plan);
  await migrateDatabase(url);

  const env = { ...planned, DATABASE_URL: url };
  claim.tell({ url: place.url });
  if (!(await hasUsers(url))) {
    const link = await runTypeScript(
      "scripts/setup-link.mjs",
      env,
      "The set-up link could not be made",
      "Mend what is shown above.",
    );
    if (link) say(`This link makes the administrator, once:\n  ${bold(link.trim())}`);
  }
  const next = start(
    nodePath(),
    ["node_modules/next/dist/bin/next", "dev", "--hostname", place.host, "--port", place.port],
    { cwd: inRoot(), env, stdio: ["ignore", "inherit", "inherit"] },
  );
  return new Promise((resolve) => next.once("exit", (code) => resolve(code ?? 1)));
}

await main(run, { interrupted: () => 0 });
