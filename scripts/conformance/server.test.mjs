import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { inRoot } from "../paths.mjs";
import { freshSecrets } from "../secrets.mjs";

test.each(["production", "development"])("the door with fixtures does not open in %s", (mode) => {
  const flags = ["--conditions=react-server", "--disable-warning=ExperimentalWarning"];
  const { status, stderr } = spawnSync(process.execPath, [...flags, "scripts/conformance/server.mjs"], {
    cwd: inRoot(),
    env: {
      ...freshSecrets(),
      PATH: process.env.PATH,
      NODE_ENV: mode,
      DATABASE_URL: "postgresql://localhost/none",
    },
    encoding: "utf8",
    timeout: 25_000,
  });
  expect(status).toBe(1);
  expect(stderr).toContain("Fixtures are for tests only");
});
