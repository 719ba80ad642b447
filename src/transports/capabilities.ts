import "server-only";
import { listCapabilities, type NamedCapability } from "#core/capability.ts";
import { lookup, server } from "#features/assistants/capabilities.ts";
import { assistants } from "#features/connections/capabilities.ts";
import { invites } from "#features/identity/capabilities.ts";
import { activity, operations } from "#features/journal/capabilities.ts";
import { notifications } from "#features/notifications/capabilities.ts";
import { profile } from "#features/profile/capabilities.ts";
import { scoring } from "#features/scoring/capabilities.ts";
import { tasks } from "#features/tasks/capabilities.ts";

/** The table of contents: everything MindFlow can do, by feature. A line here is all that a new capability needs. */
export const capabilities = {
  tasks: { ...tasks, ...scoring },
  notifications,
  profile,
  activity,
  operations,
  invites,
  assistants,
  lookup,
  server,
} as const;

/** Checked when the process starts: without a scope there is no start. */
export const allCapabilities: readonly NamedCapability[] = listCapabilities(capabilities);

const byName = new Map(allCapabilities.map((named) => [named.name, named]));

/** `tasks.create` → the capability, or nothing. */
export const findCapability = (name: string): NamedCapability | undefined => byName.get(name);
