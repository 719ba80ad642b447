import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { isAlive } from "./identity.mjs";

// Claims live in the .data beside the scripts, so the test works on a copy of them.
const root = fs.mkdtempSync(path.join(os.tmpdir(), "mindflow-claims-test-"));
const CONTENDER = `
import { start } from "./children.mjs";
import { identify } from "./identity.mjs";
import { claim } from "./claims.mjs";
import { main } from "./lifetime.mjs";
await main(async () => {
  await claim("server", "test", async (rival) => { console.log(JSON.stringify({ lost: rival.owner.pid })); await new Promise(() => setInterval(() => {}, 1e3)); });
  const child = start("sleep", ["600"], { stdio: "ignore" });
  console.log(JSON.stringify({ won: process.pid, child: identify(child.pid) }));
  await new Promise(() => setInterval(() => {}, 1e3));
});`;
const started = [];

/** Starts a contender and resolves to what it says: { won, child } or { lost }. */
async function contend() {
  const process = spawn(globalThis.process.execPath, [path.join(root, "scripts/contender.mjs")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  started.push(process);
  let said = "";
  for await (const text of process.stdout.setEncoding("utf8").iterator({ destroyOnReturn: false })) {
    said += text;
    if (said.includes("\n")) break;
  }
  return { process, ...JSON.parse(said) };
}

const ended = (process) => new Promise((resolve) => process.once("exit", resolve));

beforeAll(() => {
  fs.mkdirSync(path.join(root, "scripts"));
  for (const name of fs.readdirSync(import.meta.dirname))
    if (/^[a-z-]+\.mjs$/.test(name))
      fs.copyFileSync(path.join(import.meta.dirname, name), path.join(root, "scripts", name));
  fs.writeFileSync(path.join(root, "scripts/contender.mjs"), CONTENDER);
});

afterEach(async () => {
  for (const process of started.splice(0).filter((one) => one.exitCode === null && one.signalCode === null)) {
    process.kill("SIGTERM");
    await ended(process);
  }
});

afterAll(() => fs.rmSync(root, { recursive: true, force: true }));

it("has one winner, however many come at once", async () => {
  const all = await Promise.all(Array.from({ length: 6 }, contend));
  expect(all.filter(({ won }) => won)).toHaveLength(1);
});

it("goes to the next when its owner is killed, and what the owner left running ends", async () => {
  const first = await contend();
  first.process.kill("SIGKILL");
  await ended(first.process);
  expect(isAlive(first.child)).toBe(true);
  const second = await contend();
  expect(second.won).toBe(second.process.pid);
  for (let i = 0; i < 100 && isAlive(first.child); i++) await sleep(10);
  expect(isAlive(first.child)).toBe(false);
});

it("is given back, children and all, when its owner is asked to stop", async () => {
  const first = await contend();
  first.process.kill("SIGTERM");
  await ended(first.process);
  expect(isAlive(first.child)).toBe(false);
  expect(fs.readdirSync(path.join(root, ".data/run"))).toEqual([]);
});
