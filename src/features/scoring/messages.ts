/** The words of the score (look §6): short plain sentences, figures as digits, nothing promised that was not computed. */

const priorities = ["Lowest", "Low", "Normal", "High", "Highest"];
const counts = ["No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine"];

const days = (n: number) => `${n} ${n === 1 ? "day" : "days"}`;

/** Minutes of work as people say them: `20 min`, `2 h`, `1 h 30 min`. */
const work = (minutes: number) => {
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return [hours && `${hours} h`, (rest || !hours) && `${rest} min`].filter(Boolean).join(" ");
};

const weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `Tue 24 Nov`, with the year when it is not this one. */
const calendarDay = (day: string, today: string) => {
  const date = new Date(`${day}T00:00:00Z`);
  const year = day.slice(0, 4) === today.slice(0, 4) ? "" : ` ${date.getUTCFullYear()}`;
  return `${weekdays[date.getUTCDay()]} ${date.getUTCDate()} ${months[date.getUTCMonth()]}${year}`;
};

/** A due date seen from the person's today. `minutesLeft` is negative once it has passed; `time` is null for a whole day. */
type Due = Readonly<{
  day: string;
  today: string;
  daysLeft: number;
  time: string | null;
  minutesLeft: number;
  estimateMinutes: number | null;
}>;

const near = new Map([
  [-1, "yesterday"],
  [0, "today"],
  [1, "tomorrow"],
]);

const distance = ({ daysLeft, minutesLeft, time }: Due) => {
  const minutes = Math.abs(minutesLeft);
  if (time === null && Math.abs(daysLeft) <= 1) return null;
  if (time === null || minutes >= 48 * 60) return days(Math.abs(daysLeft));
  return minutes < 90 ? `${Math.max(1, Math.round(minutes))} min` : `${Math.round(minutes / 60)} h`;
};

const due = (it: Due) => {
  const isPast = it.minutesLeft < 0;
  const when = [near.get(it.daysLeft) ?? calendarDay(it.day, it.today), it.time].filter(Boolean).join(" ");
  const far = distance(it);
  const away = far && (isPast ? `, ${far} ago` : `, in ${far}`);
  const estimate = isPast ? null : it.estimateMinutes;
  const effort =
    estimate &&
    (estimate > it.minutesLeft ? `, but it needs ${work(estimate)} of work` : `, with ${work(estimate)} of work to do`);
  return `Due ${when}${away ?? ""}${effort || ""}.`;
};

export const messages = {
  /** What assistants are told beside the data. */
  told: {
    next: (line: string) => `Next: ${line}`,
    score: (total: string, max: number) => `${total} of ${max} points:`,
    runnersUp: "After that:",
  },
  labels: {
    importance: "Importance",
    deadline: "Deadline",
    unblocks: "Unblocks others",
    momentum: "Momentum",
    fits: "Fits now",
    waiting: "Waiting",
    pinned: "Pinned by me",
  },
  importance: (priority: number) => `${priorities[priority - 1] ?? priorities[2]} priority.`,
  noDate: "No date.",
  due,
  unblocks: (n: number) =>
    n === 0 ? "Nothing waits for it." : `${counts[n] ?? n} ${n === 1 ? "task waits" : "tasks wait"} for it.`,
  notStarted: "Not started yet.",
  startUnknown: "In progress, but not known since when.",
  started: (daysAgo: number) =>
    daysAgo === 0 ? "Started today." : daysAgo === 1 ? "Started yesterday." : `Started ${days(daysAgo)} ago.`,
  noEstimate: "No estimate, so it counts half.",
  freeTimeUnknown: (minutes: number) => `${work(minutes)} of work. Your free time is not known, so it counts half.`,
  fits: (minutes: number, free: number) => `${work(minutes)} of work, ${work(free)} free.`,
  waiting: (age: number) =>
    age >= 30 ? `Open for ${days(age)}.` : age === 0 ? "Added in the last 24 hours." : `Open for ${age} of 30 days.`,
  pinned: "You pinned it.",
  nothingOpen: "No open tasks.",
  allSnoozed: (n: number) => (n === 1 ? "Your one open task is snoozed." : `All ${n} open tasks are snoozed.`),
} as const;

/** What the page of the next task says around the score's own lines. */
export const pageText = {
  title: "Next",
  kicker: "Do this now",
  noDate: "No date",
  why: "Why this one",
  total: "Total",
  of: (most: number) => `of ${most}`,
  caption: (title: string) => `Score of “${title}”`,
  foot: "Points add up by hand. Assistants are given these same lines and this total.",
  runnersUp: "Runners-up",
  rank: (n: number) => `Number ${n}`,
  scored: (points: string) => `${points} points`,
  start: "Start",
  done: "Done",
  snooze: "Snooze",
  open: "Open",
  gated: (snoozed: number) => `Not in the running: ${snoozed} snoozed.`,
  hint: "What you add competes by importance, date, effort and age. The best one stands here with its reasons.",
  add: "Add task",
  openInbox: "Open Inbox",
} as const;
