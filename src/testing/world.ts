import type { Actor } from "#core/context.ts";
import { tokenScopes } from "#core/scopes.ts";
import { makeGrant } from "./assistants.ts";
import { actorOf, makePerson, makeProject, type Person } from "./factories.ts";
import { call } from "./wires.ts";

/** One person with one thing of every kind, made through the product's own door. */
export type World = {
  person: Person;
  actor: Actor;
  projectId: string;
  task: string;
  completed: string;
  trashed: string;
  operation: string;
  notification: string;
  /** A connected assistant that has added a task. */
  grant: string;
};

/** A fresh world; `inProject` puts its tasks into a project, for fences. */
export async function makeWorld(inProject = false): Promise<World> {
  const person = await makePerson({ role: "admin" });
  const actor = actorOf(person);
  const projectId = await makeProject(person);
  const base = { priority: 4, ...(inProject ? { projectId } : {}) };
  const task = await call(actor, "tasks.create", {
    title: "Ask Ana for the Q3 numbers",
    tags: ["q3"],
    estimateMinutes: 5,
    ...base,
  });
  const completed = await call(actor, "tasks.create", { title: "Send the signed contract", ...base });
  await call(actor, "tasks.complete", { id: completed.id });
  const trashed = await call(actor, "tasks.create", { title: "Paint the shed door", ...base });
  await call(actor, "tasks.delete", { id: trashed.id });
  const grant = await makeGrant(person, inProject ? { projects: [projectId] } : {});
  const assistant = actorOf(person, { via: "assistant", scopes: tokenScopes, grantId: grant.id });
  await call(assistant, "tasks.create", { title: "Order two vitrines, low", ...base });
  const { items } = (await call(actor, "notifications.list", { sort: "oldest" })) as { items: { id: string }[] };
  return {
    person,
    actor,
    projectId,
    task: String(task.id),
    completed: String(completed.id),
    trashed: String(trashed.id),
    operation: String(task.operationId),
    notification: items[0]?.id ?? "",
    grant: grant.id,
  };
}

/** A valid input for every capability; the contract test fails for one that has none. */
export const samples: Record<string, (world: World) => Record<string, unknown>> = {
  "tasks.list": () => ({ view: "all", limit: 10 }),
  "tasks.get": ({ task }) => ({ id: task }),
  "tasks.counts": () => ({}),
  "tasks.next": () => ({}),
  "tasks.create": () => ({ title: "Order two vitrines", priority: 2, dueDate: "2026-11-24", tags: ["museum"] }),
  "tasks.createMany": () => ({
    tasks: [
      { title: "Book the hall", priority: 4, dueDate: "2026-11-24" },
      { title: "Invite the speakers", priority: 3 },
    ],
  }),
  "tasks.replace": ({ task }) => ({ id: task, title: "Ask Ana", priority: 5 }),
  "tasks.update": ({ task }) => ({ id: task, priority: 5, dueDate: "2026-11-24", dueTime: "17:00" }),
  "tasks.complete": ({ task }) => ({ id: task }),
  "tasks.reopen": ({ completed }) => ({ id: completed }),
  "tasks.snooze": ({ task }) => ({ id: task, minutes: 60 }),
  "tasks.delete": ({ task }) => ({ id: task }),
  "tasks.restore": ({ trashed }) => ({ id: trashed }),
  "notifications.list": () => ({ limit: 20 }),
  "notifications.unreadCount": () => ({}),
  "notifications.get": ({ notification }) => ({ id: notification }),
  "notifications.mark": ({ notification }) => ({ id: notification, isRead: true }),
  "notifications.markAllRead": () => ({}),
  "notifications.delete": ({ notification }) => ({ id: notification }),
  "notifications.deleteMany": ({ notification }) => ({ ids: [notification] }),
  "profile.get": () => ({}),
  "profile.update": () => ({ name: "Mara Lind", theme: "dark" }),
  "activity.list": () => ({ limit: 20 }),
  "operations.undo": ({ operation }) => ({ id: operation }),
  "lookup.search": () => ({ query: "numbers ana" }),
  "lookup.fetch": ({ task }) => ({ id: task }),
  "server.health": () => ({}),
  "invites.list": () => ({}),
  "invites.create": () => ({}),
  "activity.timeline": () => ({ limit: 20 }),
  "assistants.names": () => ({}),
  "assistants.list": () => ({}),
  "assistants.get": ({ grant }) => ({ id: grant }),
  "assistants.narrow": ({ grant }) => ({ id: grant, "tasks:read": true }),
  "assistants.pause": ({ grant }) => ({ id: grant }),
  "assistants.resume": ({ grant }) => ({ id: grant }),
  "assistants.disconnect": ({ grant }) => ({ id: grant }),
  "assistants.disconnectAndUndo": ({ grant }) => ({ id: grant }),
  "assistants.undoPreview": ({ grant }) => ({ id: grant, since: "today" }),
  "assistants.undo": ({ grant }) => ({ id: grant, since: "today" }),
};
