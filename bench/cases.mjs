// What is measured. Targets are ratios to the control's list of 50 in the same round (shared with docs/performance.md).
import { randomUUID } from "node:crypto";
import { request } from "./client.mjs";
import { PASSWORD, reopenAll } from "./people.mjs";

const ok = (status) => status === 200;

/** Each connection acts for somebody of its own; `task(connection)` walks through that person's tasks, one after another. */
function walker(people) {
  let at = people.map(() => 0);
  return {
    of: (connection) => people[connection % people.length],
    task(connection) {
      const index = connection % people.length;
      const { tasks } = people[index];
      return tasks[at[index]++ % tasks.length];
    },
    rewind() {
      at = people.map(() => 0);
    },
  };
}

const newTask = (n) => ({
  title: `Ask Ana for the figures of week ${n}`,
  priority: 4,
  dueDate: "2030-11-24",
  estimateMinutes: 30,
  tags: ["museum"],
});

/**
 * @param {Awaited<ReturnType<import("./people.mjs").fill>>} people
 * @param {Awaited<ReturnType<import("./servers.mjs").connectAssistants>>} assistants connected to them
 * @param {string} origin of the measured server
 * @param {import("pg").Pool} pool to put back what a round changed
 */
export function makeCases(people, assistants, origin, pool) {
  const json = { "content-type": "application/json" };
  const query = (name, input, { cookie }) =>
    request("GET", `/api/trpc/${name}?input=${encodeURIComponent(JSON.stringify(input))}`, { cookie });
  const mutation = (name, input, { cookie }) =>
    request(
      "POST",
      `/api/trpc/${name}`,
      { cookie, origin, ...json, "idempotency-key": randomUUID() },
      JSON.stringify(input),
    );

  const tool = (name, input, { id }) =>
    request(
      "POST",
      "/mcp",
      {
        ...json,
        authorization: `Bearer ${assistants.access[id]}`,
        accept: "application/json, text/event-stream",
        "mcp-protocol-version": "2025-11-25",
      },
      JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name, arguments: input } }),
    );
  const assisted = walker(people.assisted);
  let renewed = 0;
  const renewing = [];

  const readers = walker(people.readers);
  const writers = walker(people.writers);
  const finishers = walker(people.finishers);
  const snoozers = walker(people.snoozers);
  const deciders = walker(people.deciders);
  const visitors = walker(people.visitors);
  const signers = walker(people.signers);
  const bareWriters = walker(people.bareWriters);
  const bareFinishers = walker(people.bareFinishers);
  const reopen = (who, group) => async () => {
    who.rewind();
    await reopenAll(pool, group);
  };
  const page = (connection, headers = {}) =>
    request("GET", "/today", {
      cookie: visitors.of(connection).cookie,
      accept: "text/html",
      "accept-language": "en",
      ...headers,
    });
  const form = (fields) => new URLSearchParams(fields).toString();

  return [
    { name: "bare list 50", server: "control", make: (c) => request("GET", `/list?${readers.of(c).id}`) },
    {
      name: "bare create",
      server: "control",
      make: (c, n) => request("POST", `/create?${bareWriters.of(c).id}`, json, JSON.stringify(newTask(n))),
    },
    {
      name: "bare complete",
      server: "control",
      before: reopen(bareFinishers, people.bareFinishers),
      make: (c) =>
        request("POST", `/complete?${bareFinishers.of(c).id}`, json, JSON.stringify({ id: bareFinishers.task(c) })),
    },
    { name: "health", server: "app", make: () => request("GET", "/api/health/live") },
    { name: "list 50", server: "app", target: 0.5, make: (c) => query("tasks.list", { view: "all" }, readers.of(c)) },
    {
      name: "list 50, REST handler alone",
      server: "rest",
      make: (c) => request("GET", "/api/v1/tasks?view=all", { cookie: readers.of(c).cookie }),
    },
    {
      name: "create",
      server: "app",
      target: 0.35,
      make: (c, n) => mutation("tasks.create", newTask(n), writers.of(c)),
    },
    {
      name: "complete",
      server: "app",
      target: 0.35,
      before: reopen(finishers, people.finishers),
      make: (c) => mutation("tasks.complete", { id: finishers.task(c) }, finishers.of(c)),
    },
    {
      name: "snooze",
      server: "app",
      target: 0.35,
      make: (c, n) => mutation("tasks.snooze", { id: snoozers.task(c), minutes: 60 + (n % 600) }, snoozers.of(c)),
    },
    {
      name: "next task, 10,000 open",
      server: "app",
      target: 0.4,
      make: (c) => query("tasks.next", {}, deciders.of(c)),
    },
    {
      name: "MCP list_tasks, 20",
      server: "app",
      target: 0.4,
      make: (c) => tool("list_tasks", { view: "all", limit: 20 }, assisted.of(c)),
    },
    {
      name: "MCP get_next_task, 10,000 open",
      server: "app",
      target: 0.4,
      make: (c) => tool("get_next_task", {}, deciders.of(c)),
    },
    {
      name: "MCP create_task",
      server: "app",
      make: (c, n) =>
        tool("create_task", { ...newTask(n), operationKey: randomUUID(), reason: "You asked." }, assisted.of(c)),
    },
    {
      name: "REST list 50 by token",
      server: "app",
      make: (c) =>
        request("GET", "/api/v1/tasks?view=all", { authorization: `Bearer ${assistants.access[assisted.of(c).id]}` }),
    },
    {
      name: "token refresh",
      server: "app",
      target: 0.1,
      make: (c) => {
        renewing[c] = renewed++ % assistants.chains.length;
        return request(
          "POST",
          "/oauth/token",
          { "content-type": "application/x-www-form-urlencoded", "x-forwarded-for": `192.0.2.${c + 1}` },
          form({
            grant_type: "refresh_token",
            refresh_token: assistants.chains[renewing[c]],
            client_id: assistants.clientId,
          }),
        );
      },
      after: (c, body) => {
        assistants.chains[renewing[c]] = JSON.parse(body).refresh_token;
      },
    },
    { name: "page /today, 50 rows", server: "app", target: 0.13, make: (c) => page(c) },
    { name: "page /today, gzip", server: "app", make: (c) => page(c, { "accept-encoding": "gzip" }) },
    {
      name: "sign-in",
      server: "app",
      accepts: (status) => status === 303,
      // Every connection comes from an address of its own, as the limit on sign-ins counts them.
      make: (c) =>
        request(
          "POST",
          "/api/identity/sign-in",
          { origin, "content-type": "application/x-www-form-urlencoded", "x-forwarded-for": `192.0.2.${c + 1}` },
          form({ email: signers.of(c).email, password: PASSWORD }),
        ),
    },
  ].map((one) => ({ accepts: ok, ...one }));
}
