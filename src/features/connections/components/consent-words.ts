import { addDays, dayIn } from "#core/clock.ts";
import type { TokenScope } from "#core/scopes.ts";
import { longDay, shortDay, timeOfDay, type Where } from "#ui/format.ts";
import { countMax, type Preset } from "../consent.ts";
import type { ConsentFacts, Destination, Warning } from "../policy.ts";
import { type Lifetime, lifetimeSeconds } from "../rules.ts";

// Every word of the consent page; voice: look.md §6.

const list = new Intl.ListFormat("en-GB", { type: "conjunction" });
const verbs: [TokenScope, string][] = [
  ["tasks:read", "read"],
  ["tasks:write", "edit"],
  ["tasks:delete", "delete"],
];

/** What follows “may”: `read and edit your tasks`. */
export function allowedText(on: readonly TokenScope[]): string {
  const said = verbs.filter(([scope]) => on.includes(scope)).map(([, verb]) => verb);
  const tasks = said.length > 0 ? [`${list.format(said)} your tasks`] : [];
  const notifications = on.includes("notifications:read") ? ["read your notifications"] : [];
  const all = [...tasks, ...notifications];
  return all.length > 0 ? all.join(", and ") : "do nothing";
}

/** What follows: the limit that matters most to somebody about to agree. */
export function limitText(on: readonly TokenScope[]): string {
  if (on.length === 0) return "Switch something on before you allow it.";
  if (on.includes("tasks:delete")) return "What it deletes stays in the trash for 30 days.";
  return on.includes("tasks:write") ? "It cannot delete." : "It cannot change or delete anything.";
}

/** Until when, twice: `short` follows “until” in the sentence, `long` stands under the choice. */
export function endText(lifetime: Lifetime, where: Where): { short: string; long: string } {
  const seconds = lifetimeSeconds[lifetime];
  if (seconds === null) return { short: "you stop it", long: "No end. It goes on until you stop it in Assistants." };
  const end = where.now + seconds * 1000;
  const day = dayIn(where.zone, new Date(end));
  const today = dayIn(where.zone, new Date(where.now));
  const time = timeOfDay(end, where);
  const date = `${longDay(day, where)} ${day.slice(0, 4)}`;
  if (lifetime === "hour" || lifetime === "day") {
    const when = day === today ? "today" : day === addDays(today, 1) ? "tomorrow" : shortDay(day, where);
    return { short: `${when} at ${time}`, long: `Ends ${date} at ${time}.` };
  }
  return { short: dayAndMonth(day, where), long: `Ends ${date}.` };
}

/** `20 December`, with the year when it is another than now. */
function dayAndMonth(day: string, { locale, zone, now }: Where): string {
  const year = day.slice(0, 4) === dayIn(zone, new Date(now)).slice(0, 4) ? {} : ({ year: "numeric" } as const);
  const format = new Intl.DateTimeFormat(locale, { timeZone: "UTC", day: "numeric", month: "long", ...year });
  return format.format(new Date(`${day}T12:00:00Z`));
}

/** The day of an instant, `3 November`. */
export const dayText = (instant: Date, where: Where): string => dayAndMonth(dayIn(where.zone, instant), where);

/** The host or program an answer leads to, as it stands in large type. */
export const destinationText = (to: Destination): string => {
  if (to.kind === "site") return to.host;
  return to.kind === "loopback" ? `an app on this computer, port ${to.port}` : `an app on this device`;
};

/** A name from outside within our words: its direction stays its own, and so do the signs around it. */
const apart = (name: string) => `\u2068${name}\u2069`;

type Words = Readonly<{ title: string; text: string }>;

export const warningText = (warning: Warning, { name, to }: Pick<ConsentFacts, "name" | "to">): Words => {
  switch (warning.kind) {
    case "brand":
      return {
        title: `It calls itself “${apart(name)}”.`,
        text: `Nothing here proves that it belongs to ${warning.brand}: ${to.kind === "site" ? "its addresses are not theirs" : "an app on your device may call itself anything"}.`,
      };
    case "elsewhere":
      return { title: "Two addresses.", text: `It asks from ${warning.from}, and sends you to ${warning.to}.` };
    case "lookalike":
      return {
        title: "Look-alike letters.",
        text: `${warning.host} stands for an address that only looks like another one.`,
      };
    case "private":
      return {
        title: "Inside a private network.",
        text: `${warning.host} is not on the internet. Allow it only if you know whose it is.`,
      };
    case "numeric":
      return { title: "A number, not a name.", text: `Nobody can tell whose ${warning.host} is.` };
    case "loopback":
      return {
        title: "An app on this computer asks.",
        text: "Any program here can ask under any name. Allow it only if you just started this in that app.",
      };
    case "scheme":
      return {
        title: "An app on this device asks.",
        text: `The answer goes to whichever program opens ${to.kind === "scheme" ? `“${to.scheme}:”` : "such"} links. Allow it only if you just started this in that app.`,
      };
    case "first":
      return {
        title: "First time here.",
        text: `${apart(name)} has not connected to your account before. If you did not start this, cancel.`,
      };
  }
};

const quantity = (n: number, most: number) =>
  n > most ? `more than ${most.toLocaleString("en-GB")}` : n.toLocaleString("en-GB");

/** Label, plain words and an example for each scope. @param tasks how many the person has */
export const scopeText = (scope: TokenScope, tasks: number): { label: string; text: string } => {
  switch (scope) {
    case "tasks:read":
      return {
        label: "Tasks",
        text: `Titles, notes, dates and priorities${tasks === 0 ? "; you have no tasks yet" : ` of your ${tasks === 1 ? "1 task" : `${quantity(tasks, countMax)} tasks`}`}. For example “what is due this week”.`,
      };
    case "notifications:read":
      return {
        label: "Notifications",
        text: "What MindFlow told you, such as changes and sign-ins. For example “what did I miss”.",
      };
    case "tasks:write":
      return {
        label: "Add, edit and complete tasks",
        text: "For example “add the printer call for Monday”. Every change is in your journal, with undo.",
      };
    case "tasks:delete":
      return {
        label: "Move tasks to the trash",
        text: "For example “throw away the old drafts”. You can restore them for 30 days. Only you can empty the trash.",
      };
  }
};

/** What a preset comes to. */
export const presetText = (preset: Preset, shown: readonly TokenScope[]): string =>
  preset === "full" && !shown.includes("tasks:write") ? messages.fullWithoutEditing : messages.presets[preset].text;

/** The switch for who the person is. */
export const identityText = (
  scopes: readonly ("profile" | "email")[],
  name: string,
  email: string,
): { label: string; text: string } => ({
  label: { profile: "Your name", email: "Your e-mail address", both: "Your name and e-mail address" }[
    scopes.length === 2 ? "both" : (scopes[0] ?? "both")
  ],
  text: `${scopes.map((scope) => (scope === "profile" ? name : email)).join(", ")}. So that it can tell whose tasks these are.`,
});

/** The one box that ends older connections. @param made the days they were made on, newest first */
export const replaceText = (made: readonly string[]): { label: string; text: string } => ({
  label:
    made.length === 1
      ? `Replace the connection made on ${made[0]}`
      : `Replace the ${made.length} connections made on ${list.format([...new Set(made)].slice(0, 4))}`,
  text: `Otherwise ${made.length === 1 ? "it stays" : "they stay"} as ${made.length === 1 ? "it is" : "they are"}, beside the new one.`,
});

export const messages = {
  title: "Connect an assistant",
  /** Before and after the name. */
  question: ["Let ", " work with your tasks?"],
  tasksOn: "The ones kept on",
  switchAccount: "Not you? Switch account",
  trust: {
    verified: "Verified by this server",
    domain: "Domain-proved",
    self: "Unverified: chose its own name",
  },
  trustHint: {
    domain: (host: string) => `Its details come from ${host}, so whoever runs that address vouches for them.`,
    self: "It registered itself. The name can be anybody’s.",
  },
  asksFrom: "Asks from",
  noAddress: "no address of its own",
  sendsBack: "Sends you back to",
  opens: (scheme: string) => `Opens “${scheme}:” links`,
  fullAddress: "Full address",
  pkce: "Only the app that started this can finish it (PKCE).",
  policy: "Its privacy policy",
  terms: "Its terms",
  you: "You are",
  cannot: {
    title: "Whatever you choose, it cannot",
    items: [
      "change your password, mail or second factor",
      "create keys or invite people",
      "approve its own requests",
      "see other people",
    ],
  },
  howMuch: "How much may it do?",
  presets: {
    look: { label: "Look only", text: "Reads. Changes nothing." },
    help: { label: "Help", text: "Adds and edits. Cannot delete." },
    full: { label: "Full", text: "Adds, edits and deletes." },
    own: { label: "Choose myself", text: "Each thing by its own switch." },
  },
  fullWithoutEditing: "Reads and deletes.",
  means: "What that means",
  groups: { see: "See", change: "Change", delete: "Delete", you: "About you" },
  on: "On",
  off: "Off",
  may: "may",
  until: "until",
  howLong: "For how long?",
  lifetimes: { hour: "1 hour", day: "1 day", month: "30 days", quarter: "90 days", open: "Until I stop it" },
  keepsOn: "Until then it works without asking you again.",
  before: "You have connected this before",
  replaces: "What was connected before ends.",
  after: "You can narrow, pause, undo or disconnect at any time in",
  assistants: "Assistants",
  sent: "Your answer is on its way. If nothing opened, go back to the app.",
  leadsTo: "Either choice takes you to",
  leadsToApp: "Either choice takes you back to",
  cancel: "Cancel",
  allow: "Allow",
  nothingAsked: "It asked for nothing that MindFlow could allow. Cancel, and connect again from the app.",
  over: {
    what: "To connect an assistant, start again in the assistant itself.",
    action: "Go to MindFlow",
  },
} as const;
