// The Prisma client in src/generated, made anew when the schema or Prisma changed.
import { run } from "./children.mjs";
import { nodePath, toolEnvironment } from "./install.mjs";
import { inRoot } from "./paths.mjs";
import { fingerprint, isStamped, stamp, unstamp } from "./stamp.mjs";
import { step } from "./terminal.mjs";

const STAMP = "src/generated/.stamp";

/** Generates the Prisma client, unless it is there for this schema. */
export async function generate() {
  const wanted = fingerprint(["prisma/schema.prisma", "prisma.config.ts", "package-lock.json"]);
  if (isStamped(STAMP, wanted)) return;
  unstamp(STAMP);
  await step("Generating the database client", "Generated the database client", () =>
    run(nodePath(), ["node_modules/prisma/build/index.js", "generate"], {
      cwd: inRoot(),
      // Generating needs no schema engine but insists on finding one; any existing file will do, and nothing is downloaded.
      env: { ...toolEnvironment(), PRISMA_SCHEMA_ENGINE_BINARY: process.execPath },
      what: "The database client could not be generated",
      remedy: "Mend prisma/schema.prisma as shown above.",
    }),
  );
  stamp(STAMP, wanted);
}
