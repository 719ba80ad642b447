// The production server in .next/standalone, built when something it is made of changed.
import fs from "node:fs";
import { run } from "./children.mjs";
import { claimsOf } from "./claims.mjs";
import { generate } from "./generate.mjs";
import { nodePath, toolEnvironment } from "./install.mjs";
import { inRoot } from "./paths.mjs";
import { filesUnder, fingerprint, isStamped, stamp, unstamp } from "./stamp.mjs";
import { Failure, step } from "./terminal.mjs";

/** The built server's entry. */
export const serverFile = ".next/standalone/server.js";
const STAMP = ".next/standalone/.stamp";
const SOURCES = [
  "src",
  "public",
  "prisma/schema.prisma",
  "package.json",
  "package-lock.json",
  "next.config.mjs",
  "tsconfig.json",
  "postcss.config.mjs",
  "scripts/build.mjs",
];

// What no page is made of: the generated client (the schema stands for it) and everything that only tests use.
const isIrrelevant = (name) => name === "src/generated" || name === "src/testing" || /\.(test|spec)\.tsx?$/.test(name);

const wantedStamp = () => fingerprint(filesUnder(SOURCES, isIrrelevant), process.platform, process.arch);

/** Builds the production server, unless it is there for these sources. Needs no secret and no database. */
export async function build() {
  await generate();
  const wanted = wantedStamp();
  if (isStamped(STAMP, wanted) && fs.existsSync(inRoot(serverFile))) return;
  refuseUnderRunningServer();
  unstamp(STAMP);
  await step("Building the application", "Built the application", async () => {
    await run(nodePath(), ["node_modules/next/dist/bin/next", "build"], {
      cwd: inRoot(),
      env: { ...toolEnvironment(), NODE_ENV: "production" },
      what: "The application could not be built",
      remedy:
        "Mend what is shown above and run the command again.\nIf the sources are untouched, remove the folder .next and try once more.",
    });
    copyAssets();
  });
  stamp(STAMP, wanted);
}

/** The standalone server serves its static files itself, but Next leaves copying them to us. */
function copyAssets() {
  fs.cpSync(inRoot(".next/static"), inRoot(".next/standalone/.next/static"), { recursive: true });
  if (fs.existsSync(inRoot("public")))
    fs.cpSync(inRoot("public"), inRoot(".next/standalone/public"), { recursive: true });
  // Settings come from the environment at every start; a copy from the time of the build would only go stale, secrets and all.
  for (const name of fs.readdirSync(inRoot(".next/standalone")))
    if (name.startsWith(".env")) fs.rmSync(inRoot(".next/standalone", name));
}

function refuseUnderRunningServer() {
  const other = claimsOf("server").find((claim) => claim.url);
  if (other)
    throw new Failure(
      `MindFlow is running from this folder at ${other.url}, and the sources have changed since it was built`,
      `Building would take its files from under it. Stop it first: Ctrl-C where it runs, or kill ${other.owner.pid}.`,
    );
}
