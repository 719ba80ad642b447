// Runs the official suite against a throw-away MindFlow: see scripts/conformance.mjs, which builds and starts this on the
// product's own Node, because it uses sources of the tests.
// usage: node scripts/conformance/run.mjs [--only=…] [--keep] [--json=file]
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { register } from "../../src/testing/assistant-client.ts";
import { beforeExit, main } from "../lifetime.mjs";
import { deploy } from "../migrate.mjs";
import { freshSecrets } from "../secrets.mjs";
import { bold, dim, Failure, green, red, say, step } from "../terminal.mjs";
import { startThrowaway } from "../throwaway.mjs";
import { expected } from "./expected.mjs";
import { startFront, WITH_FIXTURES } from "./front.mjs";
import { judge, totals } from "./judge.mjs";
import { allow, connect, makePerson } from "./person.mjs";
import { freePort, startFixtures, startProduct } from "./servers.mjs";
import { runSuite } from "./suite.mjs";

const SECONDS = 240;

/** The sets: name → what runs it. */
const SETS = {
  "with fixtures, 2026-07-28": (place) => server(place, WITH_FIXTURES, "2026-07-28"),
  "with fixtures, 2025-11-25": (place) => server(place, WITH_FIXTURES, "2025-11-25"),
  "the product, 2026-07-28": (place) => server(place, "", "2026-07-28"),
  "the product, 2025-11-25": (place) => server(place, "", "2025-11-25"),
  "authorization server": authorization,
};

const server = ({ url, dir }, prefix, revision) =>
  runSuite(["server", "--url", `${url}${prefix}/mcp`, "--requirements", revision], { dir, seconds: SECONDS });

/** The suite prints an address and waits for the browser; the person opens it, signs in and allows. */
async function authorization({ url, dir, person }) {
  const port = await freePort();
  const redirectUri = `http://127.0.0.1:${port}/callback`;
  const { client_id: clientId } = await register(url, { client_name: "Conformance", redirect_uris: [redirectUri] });
  let opening;
  const listen = (output) => {
    const [request] = new RegExp(`^${url}/oauth/authorize\\?.+$`, "m").exec(output) ?? [];
    if (!request || opening) return;
    opening = allow(url, request.slice(url.length), person)
      .then(fetch)
      .catch((error) => error);
  };
  const args = [
    "authorization",
    "--url",
    url,
    "--client-id",
    clientId,
    "--resource",
    `${url}/mcp`,
    "--port",
    String(port),
  ];
  const found = await runSuite(args, { dir, seconds: SECONDS, listen });
  const trouble = await Promise.resolve(opening);
  if (trouble instanceof Error) throw trouble;
  return found;
}

async function prepare(logs) {
  const secrets = freshSecrets();
  const postgres = await step("Starting a database", "Started a database", startThrowaway);
  const databaseUrl = postgres.url();
  await deploy(databaseUrl);
  const person = await makePerson(databaseUrl);
  const front = await startFront();
  const place = { databaseUrl, secrets, url: front.url, logs };
  const [app, fixtures] = await step("Starting the servers", "Started the servers", () =>
    Promise.all([startProduct(place), startFixtures(place)]),
  );
  front.lead({ app, fixtures });
  const token = await step("Connecting the suite", "Connected the suite", () => connect(front.url, person));
  front.lead({ token });
  for (const prefix of ["", WITH_FIXTURES]) await firstCall(`${front.url}${prefix}/mcp`);
  return { url: front.url, person };
}

/** The suite gives some answers half a second, and the first one loads code. */
async function firstCall(mcp) {
  const response = await fetch(mcp, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json, text/event-stream" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" }),
  });
  const text = await response.text();
  if (response.status !== 200) throw new Failure(`${mcp} answered ${response.status}`, "", text.slice(0, 1000));
}

const marks = { passed: green("✓"), failed: red("✗"), "n/a": dim("–") };

const counted = ({ passed, failed, listed }) =>
  [`${passed} passed`, failed && `${failed} failed`, listed && `${listed} not applicable`].filter(Boolean).join(", ");

/** The table of one set; why something does not apply is said once. */
function show(name, rows) {
  const width = Math.max(...rows.map(({ scenario }) => scenario.length));
  const reasons = [...new Set(rows.flatMap((row) => row.reasons))];
  say(`\n${bold(name)}`);
  for (const row of rows) {
    const notes = row.reasons.map((reason) => ` [${reasons.indexOf(reason) + 1}]`).join("");
    say(`${marks[row.result]} ${row.scenario.padEnd(width)}  ${counted(row)}${dim(notes)}`);
    for (const failure of row.failures) say(`    ${red(failure)}`);
  }
  for (const [n, reason] of reasons.entries()) say(dim(`[${n + 1}] ${reason}.`));
}

const inWords = ({ passed, failed, notApplicable, checks }) =>
  `${passed} scenarios passed, ${failed} failed, ${notApplicable} not applicable in part or at all (${checks.passed} checks passed, ${checks.failed} failed)`;

async function run() {
  const { values } = parseArgs({
    options: { only: { type: "string" }, keep: { type: "boolean" }, json: { type: "string" } },
  });
  const wanted = Object.entries(SETS).filter(([name]) => name.includes(values.only ?? ""));
  if (wanted.length === 0)
    throw new Failure(`No set is called ${values.only}`, `There are: ${Object.keys(SETS).join("; ")}`);
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), "mindflow-conformance-"));
  beforeExit(() => (values.keep ? say(`Kept in ${dir}`) : fs.rmSync(dir, { recursive: true, force: true })));
  const place = await prepare(dir);
  const results = new Map();
  for (const [n, [name, set]] of wanted.entries()) {
    const own = path.join(dir, String(n));
    const { scenarios, output } = await step(`Asking: ${name}`, `Asked: ${name}`, () => set({ ...place, dir: own }));
    fs.writeFileSync(path.join(dir, `${n}.log`), output);
    results.set(name, judge(scenarios, expected[name] ?? {}));
  }
  for (const [name, rows] of results) show(name, rows);
  say();
  for (const [name, rows] of results) say(`${name}: ${inWords(totals(rows))}`);
  const all = totals([...results.values()].flat());
  say(bold(`All: ${inWords(all)}`));
  if (values.json)
    fs.writeFileSync(values.json, JSON.stringify({ passed: all.passed, failed: all.failed, skipped: 0 }));
  return all.failed === 0 && all.passed > 0 ? 0 : 1;
}

await main(run);
