// What the application's processes find in their environment, and the check that it is sound.
import fs from "node:fs";
import { run } from "./children.mjs";
import { nodePath } from "./install.mjs";
import { inRoot } from "./paths.mjs";
import { APP_SECRETS } from "./secrets.mjs";
import { Failure, step } from "./terminal.mjs";

/** Reads .env into this process; what the environment sets already stays. */
export function loadEnvFile() {
  if (!fs.existsSync(inRoot(".env"))) return;
  if (!process.loadEnvFile)
    throw new Failure(
      `Node ${process.version} cannot read .env`,
      "Use Node 20.12 or newer, or set the variables in the environment.",
    );
  process.loadEnvFile(inRoot(".env"));
}

/** An empty variable counts as unset, as in core/env.ts. */
const setting = (name, otherwise) => process.env[name] || otherwise;

/** Where the server listens and what it is called from outside. Loopback, unless told otherwise; HOSTNAME is what shells say, not a wish. */
export function address() {
  const port = setting("PORT", "3000");
  const host = setting("HOST", "127.0.0.1");
  const url = setting("APP_URL", `http://localhost:${port}`);
  return { host, port, url: URL.canParse(url) ? new URL(url).origin : url };
}

/** The person's own variables without npm's, which only describe this installation of npm. */
const inherited = () => Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));

/**
 * The environment of the server and of commands that work like it.
 * @param {{ mode: "production" | "development", databaseUrl: string, secrets?: Record<string, string> }} parts
 */
export function appEnvironment({ mode, databaseUrl, secrets = {} }) {
  const { host, port, url } = address();
  const generated = Object.fromEntries(
    APP_SECRETS.filter((name) => secrets[name]).map((name) => [name, setting(name, secrets[name])]),
  );
  return {
    ...inherited(),
    ...generated,
    NODE_ENV: mode,
    DATABASE_URL: databaseUrl,
    HOST: host,
    HOSTNAME: host, // the one name Next's standalone server listens to
    PORT: port,
    ...(setting("APP_URL") ? { APP_URL: setting("APP_URL") } : {}),
    AUTH_URL: url,
    AUTH_TRUST_HOST: "true",
    NEXT_TELEMETRY_DISABLED: "1",
    // Compiled code is kept from start to start: a quarter of the server's starting time.
    NODE_COMPILE_CACHE: inRoot("node_modules/.cache/node"),
  };
}

/** Runs a script of ours on the product's Node with TypeScript sources of the server; returns what it prints. */
export const runTypeScript = (script, env, what, remedy) =>
  run(nodePath(), ["--conditions=react-server", "--disable-warning=ExperimentalWarning", script], {
    cwd: inRoot(),
    env,
    stdout: true,
    what,
    remedy,
  });

const SECRETS_HINT = `
With a database of your own the secrets are yours to keep. This makes them: node scripts/secrets.mjs >> .env
They belong to the database: every server on it needs the same. After a move from the built-in database, take
those in .data/secrets.json.`;

/** Fails naming every variable with a bad value. */
export async function checkEnvironment(env) {
  const missing = APP_SECRETS.filter((name) => !env[name]);
  const remedy = `Correct them in the environment or in .env and start again.${missing.length > 0 ? SECRETS_HINT : ""}`;
  await step("Checking the settings", "Checked the settings", () =>
    runTypeScript("scripts/check-env.mjs", env, "The settings are not right", remedy),
  );
}
