// npm run bench: what the product costs beside a bare `node:http` + `pg` server on the same database, in the same run.
// Loopback only; ends by itself; asserts nothing. Raw figures go to bench/results/.
import fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { makeCases } from "../bench/cases.mjs";
import { connect, drive } from "../bench/client.mjs";
import { firstLoad } from "../bench/first-load.mjs";
import { cpuMs, familyCpuMs, loadAverage, machine, memoryMb, parentOf } from "../bench/machine.mjs";
import { fill } from "../bench/people.mjs";
import { caseTable, limitTable, median, summarise } from "../bench/report.mjs";
import { connectAssistants, freePort, startApp, startControl, startRest, timeNpmStart } from "../bench/servers.mjs";
import { countStatements } from "../bench/statements.mjs";
import { build } from "./build.mjs";
import { claimFiles } from "./database.mjs";
import { install } from "./install.mjs";
import { beforeExit, main } from "./lifetime.mjs";
import { deploy } from "./migrate.mjs";
import { inRoot, shown } from "./paths.mjs";
import { freshSecrets } from "./secrets.mjs";
import { dim, Failure, say, step } from "./terminal.mjs";
import { startThrowaway } from "./throwaway.mjs";

const USAGE = `npm run bench                     everything, about eight minutes
npm run bench -- --quick          shorter rounds: good for seeing, not for quoting
npm run bench -- --start          also times a second \`npm start\` of this installation
npm run bench -- --only=list,page only the cases whose names contain one of these words (and the control)
npm run bench -- --rounds=3       fewer or more rounds than five
npm run bench -- --as-built       measures the build that is there`;

const CONNECTIONS = 16;
const FULL = { warmUpSeconds: 60, rounds: 5, seconds: 4 };
const QUICK = { warmUpSeconds: 8, rounds: 3, seconds: 1.5 };
const PAGE = "/today";
// A grant may renew 20 times a minute; with so many, each does so a few times in all.
const RENEWALS = 2000;

function parseArguments(args) {
  const flags = ["--quick", "--start", "--as-built", "--help"];
  const only = args.find((arg) => arg.startsWith("--only="));
  const rounds = args.find((arg) => /^--rounds=[1-9]\d?$/.test(arg));
  const unknown = args.find((arg) => !flags.includes(arg) && arg !== only && arg !== rounds);
  if (unknown) throw new Failure(`npm run bench does not know ${unknown}`, USAGE);
  const has = (flag) => args.includes(flag);
  return {
    ...(has("--quick") ? QUICK : FULL),
    ...(rounds ? { rounds: Number(rounds.slice("--rounds=".length)) } : {}),
    start: has("--start"),
    asBuilt: has("--as-built"),
    help: has("--help"),
    only: only?.slice("--only=".length).split(",") ?? null,
  };
}

async function prepareBuild() {
  const files = await claimFiles("npm run bench");
  await install();
  await build();
  files.release();
}

/** Statements of each act, seen from outside, after the first calls have prepared what is prepared once. */
async function countActs(app, counter, cases) {
  const counts = {};
  const wire = connect(app.port);
  for (const one of cases.filter(({ server }) => server === "app")) {
    await one.before?.();
    for (let n = 0; n < 3; n++) {
      const { body } = await wire.send(one.make(0, 1_000_000 + n), one.after !== undefined);
      one.after?.(0, body);
    }
    await sleep(50);
    counter.take();
    const { status, body } = await wire.send(one.make(0, 1_000_003), one.after !== undefined);
    one.after?.(0, body);
    await sleep(50);
    const statements = counter.take();
    counts[one.name] = one.accepts(status) ? { count: statements.length, statements } : null;
  }
  wire.close();
  return counts;
}

/** Every case once per round, each round beginning with another one, so that no case always follows the same. */
async function measure(cases, servers, { rounds, seconds, warmUpSeconds }, database) {
  const slots = new Map(cases.map((one) => [one, []]));
  const load = (one, time) =>
    drive({
      port: servers[one.server].port,
      connections: CONNECTIONS,
      seconds: time,
      make: one.make,
      accepts: one.accepts,
      after: one.after,
    });
  await step("Warming up", "Warmed up", async () => {
    for (const one of cases) {
      await one.before?.();
      await load(one, warmUpSeconds / cases.length);
    }
  });
  const loads = [];
  for (let round = 0; round < rounds; round++) {
    await step(`Measuring, round ${round + 1} of ${rounds}`, `Measured round ${round + 1} of ${rounds}`, async () => {
      loads.push(loadAverage());
      for (let n = 0; n < cases.length; n++) {
        const one = cases[(n + round * 5) % cases.length];
        await one.before?.();
        const { pid } = servers[one.server];
        const used = () => ({ cpu: cpuMs(pid), database: familyCpuMs(database) });
        const before = used();
        const slot = await load(one, seconds);
        const after = used();
        slots.get(one).push({
          ...slot,
          round,
          cpuMs: after.cpu === null ? null : after.cpu - before.cpu,
          databaseCpuMs: after.database === null ? null : after.database - before.database,
        });
      }
    });
  }
  return { slots, loads };
}

/** The application's start and what it needs at rest, before any load. */
async function atRest(database, secrets, people) {
  const cold = await startApp(database.url, secrets, database.port);
  await cold.stop();
  const app = await startApp(database.url, secrets, database.port);
  const since = performance.now();
  const first = await fetch(`http://localhost:${app.port}${PAGE}`, { headers: { cookie: people.visitors[0].cookie } });
  await first.arrayBuffer();
  const firstPageMs = Math.round(performance.now() - since);
  await sleep(3000);
  return {
    app,
    coldStartMs: cold.startMs,
    warmStartMs: app.startMs,
    firstPageMs,
    pageStatus: first.status,
    idleMb: memoryMb(app.pid),
  };
}

function save(result) {
  const dir = inRoot("bench/results");
  fs.mkdirSync(dir, { recursive: true });
  const file = path.join(dir, `${result.at.replace(/[:.]/g, "-")}.json`);
  fs.writeFileSync(file, `${JSON.stringify(result, null, 1)}\n`);
  return file;
}

/** The median of three starts on unchanged sources; the one before them brings everything up to date. */
async function npmStartSeconds() {
  await timeNpmStart();
  const times = [];
  for (let n = 0; n < 3; n++) times.push(await timeNpmStart());
  return Math.round(median(times) * 100) / 100;
}

async function run() {
  const options = parseArguments(process.argv.slice(2));
  if (options.help) {
    say(USAGE);
    return 0;
  }
  if (!options.asBuilt) await prepareBuild();
  const budgets = JSON.parse(fs.readFileSync(inRoot("bench/budgets.json"), "utf8"));
  const secrets = freshSecrets();
  const postgres = await step("Starting a database", "Started a database", startThrowaway);
  const url = postgres.url();
  await deploy(url);
  const pool = new pg.Pool({ connectionString: url, max: 4 });
  pool.on("error", () => undefined);
  beforeExit(() => pool.end());
  const people = await step("Filling in people and tasks", "Filled in people and tasks", () =>
    fill(pool, { secret: secrets.AUTH_SECRET, cookieName: "__Host-mindflow.session" }),
  );
  // At once: the backend ends when its connection has been idle.
  const postgresPid = parentOf((await pool.query("SELECT pg_backend_pid() AS pid")).rows[0].pid);

  const port = await freePort();
  const { app, ...rest } = await atRest({ url, port }, secrets, people);
  const servers = { app, control: await startControl(url), rest: await startRest(url, secrets) };
  const wanted = ({ name }) =>
    !options.only || name === "bare list 50" || options.only.some((word) => name.includes(word));
  const assistants = await step("Connecting assistants", "Connected assistants", () =>
    connectAssistants(url, secrets, port, {
      people: [...people.assisted, ...people.deciders].map(({ id }) => id),
      renewals: RENEWALS,
    }),
  );
  const all = makeCases(people, assistants, `http://localhost:${port}`, pool);
  const cases = all.filter((one) => wanted(one) && (rest.pageStatus === 200 || !one.name.startsWith("page")));
  if (rest.pageStatus !== 200) say(`${PAGE} answers ${rest.pageStatus}: pages are left out`);

  const { slots, loads } = await measure(cases, servers, options, postgresPid);
  await sleep(5000);
  const loadedMb = memoryMb(app.pid);
  const load =
    rest.pageStatus === 200 ? await firstLoad(`http://localhost:${port}`, PAGE, people.visitors[0].cookie) : null;
  await app.stop();

  const counter = await countStatements(url);
  beforeExit(counter.stop);
  const counted = await startApp(counter.url, secrets, port);
  const statements = await countActs(counted, counter, cases);
  await counted.stop();
  await Promise.all([servers.control.stop(), servers.rest.stop()]);

  const rates = slots.get(cases[0]).map(({ milliseconds, seconds }) => milliseconds.length / seconds);
  const summaries = cases.map((one) => summarise(one, slots.get(one), rates));
  const above = load && Math.round((load.javascriptKb - budgets.emptyAppJavascriptKb) * 10) / 10;
  const figures = [
    { name: "memory at rest", value: rest.idleMb, unit: "MB", limit: budgets.idleMemoryMb },
    { name: "memory after load", value: loadedMb, unit: "MB", limit: budgets.loadedMemoryMb },
    { name: "start of the server, first", value: rest.coldStartMs, unit: "ms" },
    { name: "start of the server, again", value: rest.warmStartMs, unit: "ms" },
    { name: "first page after the start", value: rest.firstPageMs, unit: "ms" },
    {
      name: "first-load JavaScript above an empty Next app",
      value: above,
      unit: "kB gzip",
      limit: budgets.javascriptAboveEmptyKb,
    },
    { name: "style sheets", value: load?.cssKb ?? null, unit: "kB gzip" },
    { name: `${PAGE} with 50 rows`, value: load?.htmlKb ?? null, unit: "kB" },
    { name: `${PAGE} with 50 rows, compressed`, value: load?.htmlGzipKb ?? null, unit: "kB gzip" },
    {
      name: `elements of ${PAGE} with 50 rows`,
      value: load?.elements ?? null,
      unit: "",
      limit: budgets.elementsOfPage,
    },
  ];
  if (options.start) {
    const value = await step("Timing npm start", "Timed npm start", npmStartSeconds).catch((error) => {
      if (!(error instanceof Failure)) throw error;
      say(`npm start is left out: ${error.message}\n${error.detail.slice(-1000)}`);
      return null;
    });
    figures.push({ name: "npm start, unchanged", value, unit: "s", limit: budgets.warmNpmStartSeconds });
  }

  const about = {
    ...machine(),
    connections: CONNECTIONS,
    rounds: options.rounds,
    seconds: options.seconds,
    loadAverages: loads,
  };
  say(`\n${caseTable(summaries)}`);
  say(
    dim(
      `${CONNECTIONS} connections, ${options.rounds} rounds of ${options.seconds} s after ${options.warmUpSeconds} s of warming up, medians; of control: requests/s divided by\nthose of the bare list in the same round. CPU: the measured process, per request. Postgres does not wait for the disk.\n${about.processors} × ${about.model}, Node ${about.node}, load average at each round ${loads.join(" ")}`,
    ),
  );
  say(`\n${limitTable(figures)}`);
  const counts = Object.entries(statements).map(([name, seen]) => `${name} ${seen?.count ?? "–"}`);
  say(`\nSQL statements per act, BEGIN and COMMIT included: ${counts.join(", ")}`);
  const raw = Object.fromEntries(
    cases.map((one) => [
      one.name,
      slots
        .get(one)
        .map((slot) => ({ ...slot, milliseconds: slot.milliseconds.map((ms) => Math.round(ms * 100) / 100) })),
    ]),
  );
  const file = save({ at: new Date().toISOString(), about, summaries, figures, statements, firstLoad: load, raw });
  say(dim(`\nRaw figures: ${shown(file)}`));
  return 0;
}

await main(run);
