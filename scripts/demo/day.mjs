// What the demo's assistant does with what it was allowed: plans a small day and tells every step in plain words.
import { randomUUID } from "node:crypto";
import { Failure } from "../terminal.mjs";

/** Everything it adds carries this tag, so that it is easy to find again. */
const tags = ["demo"];

/** The calendar day in a zone, so many days from today. */
function dayIn(zone, days = 0) {
  const today = new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(new Date());
  return new Date(Date.parse(`${today}T12:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** A calendar day or an instant as a person says it. */
function when({ dueDate, dueAt }, zone) {
  if (!dueDate && !dueAt) return "no date";
  const day = { weekday: "short", day: "numeric", month: "short" };
  const format = dueDate
    ? new Intl.DateTimeFormat("en-GB", { ...day, timeZone: "UTC" })
    : new Intl.DateTimeFormat("en-GB", { ...day, hour: "2-digit", minute: "2-digit", timeZone: zone });
  return format.format(new Date(dueDate ? `${dueDate}T12:00:00Z` : dueAt));
}

const points = (value) => value.toFixed(1);

/** The tasks it proposes; each with the reason that the journal will show. */
const plan = (zone) => ({
  choose: {
    title: "Choose three tasks for today",
    priority: 4,
    dueDate: dayIn(zone),
    estimateMinutes: 10,
    tags,
    reason: "Ten minutes of choosing save an hour of switching.",
  },
  walk: {
    title: "Walk for half an hour",
    priority: 3,
    dueDate: dayIn(zone),
    estimateMinutes: 30,
    tags,
    reason: "Everything else today happens at a desk.",
  },
  desk: {
    title: "Clear the desk for tomorrow",
    priority: 2,
    dueDate: dayIn(zone),
    estimateMinutes: 15,
    tags,
    reason: "Tomorrow then starts without searching.",
  },
  review: {
    title: "Look back on the week",
    description: "What went well, what waits, what can go.",
    priority: 2,
    dueDate: dayIn(zone, 1),
    estimateMinutes: 20,
    tags,
    reason: "Notes are short while the week is fresh.",
  },
});

export class Day {
  #client;
  #tools;
  #tell;
  #zone;
  /** The tasks that it added. */
  #added = [];

  /** @param tell `step(text)` begins something, `line(text)` says more about it */
  constructor({ client, tools, zone, tell }) {
    this.#client = client;
    this.#tools = new Set(tools);
    this.#zone = zone;
    this.#tell = tell;
  }

  /** Calls a tool. @returns its structured answer @throws Failure with the words of a refusal */
  async #call(name, args = {}) {
    const result = await this.#client.callTool({ name, arguments: args });
    if (result.isError)
      throw new Failure(
        `MindFlow refused ${name}`,
        "What was done before stands in Activity, and can be undone there.",
        result.content.map(({ text }) => text).join("\n"),
      );
    return result.structuredContent;
  }

  /** A change, with a reason for the person and a key that makes a repetition safe. */
  #change(name, args, operationKey = randomUUID()) {
    return this.#call(name, { ...args, operationKey });
  }

  /** Reads, adds, completes, snoozes, explains, undoes: as far as it was allowed. */
  async run() {
    if (!this.#tools.has("list_tasks")) {
      this.#tell.step("It was allowed nothing that it could use here, so it does nothing.");
      return;
    }
    await this.#read();
    if (!this.#tools.has("create_task")) {
      await this.#explain();
      this.#tell.step("It may only look, so it changes nothing and stops here.");
      return;
    }
    const tasks = await this.#add();
    await this.#work(tasks);
    await this.#explain();
    await this.#regret(tasks.walk);
  }

  async #read() {
    const { items: listed, nextCursor } = await this.#call("list_tasks", { view: "today" });
    const items = listed.filter(({ status }) => status !== "completed");
    const count = `${items.length}${nextCursor ? " or more" : ""} ${items.length === 1 ? "task" : "tasks"}`;
    this.#tell.step(`Reads what is due today (list_tasks): ${items.length === 0 ? "nothing" : count}.`);
    for (const task of items.slice(0, 5)) this.#tell.line(`${task.title}, ${when(task, this.#zone)}`);
    if (items.length > 5) this.#tell.line("…");
  }

  async #add() {
    const drafts = plan(this.#zone);
    const key = randomUUID();
    const shown = await this.#call("create_task", { ...drafts.choose, preview: true });
    this.#tell.step("Tries the first one out (create_task with preview): nothing is written.");
    this.#tell.line(`Would add “${shown.title}”, ${when(shown, this.#zone)}.`);

    this.#tell.step("Adds four tasks, each with a reason (create_task):");
    const tasks = {};
    for (const [name, draft] of Object.entries(drafts)) {
      const task = await this.#change("create_task", draft, name === "choose" ? key : undefined);
      tasks[name] = task;
      this.#added.push(task);
      this.#tell.line(`“${task.title}”, ${when(task, this.#zone)}. Why: ${draft.reason}`);
    }

    const again = await this.#change("create_task", drafts.choose, key);
    this.#tell.step("Sends the first one once more with the same operationKey, as after a lost answer:");
    if (!again.replayed) throw new Failure("A second task was added", "Please report this.");
    this.#tell.line("MindFlow gives the answer of the first time; there is no second task.");
    return tasks;
  }

  async #work({ choose, desk }) {
    await this.#change("complete_task", { id: choose.id, reason: "Choosing is what just happened here." });
    this.#tell.step(`Completes “${choose.title}” (complete_task).`);
    const { snoozedUntil } = await this.#change("snooze_task", {
      id: desk.id,
      minutes: 180,
      reason: "It belongs to the end of the day.",
    });
    this.#tell.step(`Snoozes “${desk.title}” until ${when({ dueAt: snoozedUntil }, this.#zone)} (snooze_task).`);
  }

  async #explain() {
    const { task, score, runnersUp, why } = await this.#call("get_next_task");
    this.#tell.step("Asks what to do next (get_next_task):");
    if (!task || !score) return this.#tell.line(why);
    this.#tell.line(`“${task.title}”, ${points(score.total)} points of ${score.max}, because:`);
    for (const line of score.lines)
      this.#tell.line(`${points(line.points).padStart(6)}  ${line.label.padEnd(18)} ${line.reason}`);
    const sum = points(score.lines.reduce((total, line) => total + line.points, 0));
    if (sum !== points(score.total))
      throw new Failure(`The score's lines add up to ${sum}, not to ${points(score.total)}`, "Please report this.");
    this.#tell.line(`${sum.padStart(6)}  is what the lines add up to: nothing is hidden.`);
    const after = runnersUp.map(({ task: other, score: theirs }) => `“${other.title}” ${points(theirs.total)}`);
    if (after.length > 0) this.#tell.line(`After that: ${after.join(", ")}`);
  }

  /** Changes its mind: one act is taken back, and the others stay. */
  async #regret({ id, title }) {
    const reason = "The day is full.";
    const { operationId } = await this.#change("update_task", { id, dueDate: dayIn(this.#zone, 1), reason });
    this.#tell.step(`Moves “${title}” to tomorrow (update_task), and takes that back (undo).`);
    await this.#change("undo", { id: operationId });
    const now = await this.#call("get_task", { id });
    this.#tell.line(`It is due ${when(now, this.#zone)} again. The journal keeps both acts.`);
  }

  /** Moves what it added to the trash. That weighs more than other changes, so each is shown first and has to be confirmed. */
  async cleanUp() {
    if (this.#added.length === 0) return;
    if (!this.#tools.has("delete_task"))
      return this.#tell.step("May not delete, so its tasks stay. You can undo what it did in Assistants.");
    this.#tell.step(
      `Moves its ${this.#added.length} tasks to the trash (delete_task, then the same with the confirmation).`,
    );
    for (const { id } of this.#added) {
      const reason = "The demo cleans up after itself.";
      const { confirmation } = await this.#change("delete_task", { id, reason });
      await this.#change("delete_task", { id, reason, confirmation });
    }
    this.#tell.line("They lie there for 30 days, and can be restored.");
  }
}
