// `npm start -- --demo`: a demo account with a believable week of tasks, made through the product's own commands, so that
// the journal, the notifications and the activity page tell the same story. Prints how to sign in.
import { randomBytes } from "node:crypto";
import { addDays, dayIn, instantAt } from "#core/clock.ts";
import { mintActor } from "#core/context.ts";
import { closeDatabase, prisma } from "#core/db.ts";
import { newId } from "#core/id.ts";
import { invoke } from "#core/invoke.ts";
import { startEvent } from "#core/log.ts";
import { scopes } from "#core/scopes.ts";
import { createSetupLink, setUp } from "#features/identity/service.ts";
import { journal } from "#features/journal/recorder.ts";
import { findCapability } from "#transports/capabilities.ts";

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
const account = {
  name: "Mara Lindqvist",
  email: "mara@example.com",
  password: randomBytes(12).toString("base64url"),
  timeZone: zone,
};
const hourMs = 3_600_000;
const now = new Date();
const today = dayIn(zone, now);

const link = await createSetupLink();
if (!link) throw new Error("This database has accounts already.");
const token = new URL(link).searchParams.get("token") ?? "";
await setUp(account, token, { requestId: newId(), address: null, userAgent: null });
const user = await prisma().user.findUniqueOrThrow({ where: { email: account.email } });

const actor = mintActor({
  userId: user.id,
  via: "browser",
  scopes: new Set(scopes),
  fence: null,
  sessionId: null,
  clientId: null,
  clientName: null,
  grantId: null,
  name: user.name,
  email: user.email,
  role: "admin",
  zone,
  theme: "system",
});

/** Does something as the demo account, `hoursAgo`. */
async function act(hoursAgo: number, name: string, input: Record<string, unknown>): Promise<string> {
  const named = findCapability(name);
  if (!named) throw new Error(`no capability ${name}`);
  const at = new Date(now.getTime() - hoursAgo * hourMs);
  const requestId = newId();
  const output = await invoke(
    named,
    { actor, now: at, door: "job", requestId, address: null, event: startEvent(requestId, "job"), journal },
    input,
  );
  return String(output.id);
}

/** [hours ago it was added, the task, hours ago it was completed]. Days count from today. */
type Story = [number, { title: string; [field: string]: unknown }, number?];
const day = (days: number) => addDays(today, days);
const week: Story[] = [
  [
    170,
    {
      title: "Send the signed contract to Bergström",
      priority: 4,
      dueDate: day(0),
      estimateMinutes: 10,
      tags: ["invoices"],
    },
    1,
  ],
  [
    166,
    {
      title: "Pay invoice 2026-114 from Nordtryck",
      priority: 3,
      dueDate: day(-1),
      estimateMinutes: 15,
      tags: ["invoices"],
    },
  ],
  [
    150,
    {
      title: "Submit quarterly report",
      description: "Figures for July to September. Travel as its own line this time.",
      priority: 5,
      dueDate: day(1),
      dueTime: "12:00",
      estimateMinutes: 45,
      tags: ["q3"],
    },
  ],
  [
    145,
    {
      title: "Ask Ana for the Q3 numbers",
      description: "She has the closing figures. Ask for travel separately.",
      priority: 4,
      dueDate: day(0),
      estimateMinutes: 5,
      tags: ["q3"],
    },
  ],
  [
    121,
    {
      title: "Review Tomas’s pull request on invoice export",
      priority: 4,
      dueDate: day(0),
      dueTime: "17:00",
      estimateMinutes: 20,
      tags: ["export"],
    },
  ],
  [120, { title: "Order two vitrines, low", priority: 3, estimateMinutes: 30, tags: ["museum"] }, 70],
  [
    119,
    {
      title: "Confirm guard hours for the opening",
      priority: 3,
      dueDate: day(3),
      estimateMinutes: 10,
      tags: ["museum"],
    },
  ],
  [118, { title: "Print labels for room 4", priority: 2, dueDate: day(4), estimateMinutes: 60, tags: ["museum"] }],
  [
    97,
    {
      title: "Tax return, part two: travel receipts",
      priority: 4,
      dueDate: day(6),
      estimateMinutes: 240,
      tags: ["home"],
    },
  ],
  [
    96,
    {
      title: "Prepare the curators’ evening talk",
      priority: 4,
      dueDate: day(2),
      dueTime: "18:30",
      estimateMinutes: 120,
      tags: ["museum"],
    },
  ],
  [75, { title: "Book the dentist", priority: 2, estimateMinutes: 5, tags: ["home"] }],
  [74, { title: "Water the greenhouse", priority: 3, dueDate: day(-1), estimateMinutes: 15, tags: ["home"] }, 20],
  [
    73,
    {
      title: "Sort photo credits for the catalogue",
      priority: 3,
      dueDate: day(0),
      estimateMinutes: 40,
      tags: ["museum"],
    },
  ],
  [52, { title: "Draft slides for the board", priority: 4, dueDate: day(5), estimateMinutes: 90, tags: ["q3"] }],
  [51, { title: "Reply to the print shop about paper weight", priority: 3, estimateMinutes: 10, tags: ["museum"] }, 49],
  [48, { title: "Read the accessibility guidelines for room texts", priority: 2, estimateMinutes: 60 }],
  [30, { title: "Paint the shed door", priority: 1, tags: ["home"] }],
  [27, { title: "Renew the parking permit", priority: 3, dueDate: day(12), estimateMinutes: 10, tags: ["home"] }],
  [26, { title: "Call the piano tuner", priority: 3, dueDate: day(2), estimateMinutes: 5, tags: ["museum"] }],
  [5, { title: "Collect travel receipts", priority: 3, dueDate: day(0), estimateMinutes: 90, tags: ["home"] }],
  [4, { title: "Write down ideas for the winter programme", priority: 2, estimateMinutes: 30 }],
  [3, { title: "Old newsletter draft", priority: 1 }],
];

const ids = new Map<string, string>();
for (const [added, task] of week) ids.set(task.title, await act(added, "tasks.create", task));
for (const [, { title }, completed] of week)
  if (completed !== undefined) await act(completed, "tasks.complete", { id: ids.get(title) });
await act(52, "tasks.update", { id: ids.get("Prepare the curators’ evening talk"), status: "in_progress" });
await act(28, "tasks.update", { id: ids.get("Book the dentist"), priority: 3 });
await act(0.1, "tasks.snooze", { id: ids.get("Book the dentist"), until: instantAt(zone, day(1), 9).toISOString() });
await act(2, "tasks.delete", { id: ids.get("Old newsletter draft") });
await closeDatabase();

// The one line of output, which `npm start` shows.
console.log(
  `A demo account is ready, with a week of tasks:\n  E-mail    ${account.email}\n  Password  ${account.password}   (shown only now)`,
);
