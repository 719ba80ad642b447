import "server-only";
import type { Ctx } from "#core/context.ts";
import type { Task } from "#features/tasks/schema.ts";
import { findBest, readChosen } from "./data.ts";
import { messages } from "./messages.ts";
import { type Candidate, chooseNext, type Moment } from "./rules.ts";
import type { NextTask } from "./schema.ts";

/** A task of the API as the score sees it: nothing waits for another and nothing is pinned yet. */
const candidateOf = (task: Task): Task & Candidate => ({ ...task, unblocks: 0, pinned: false });

/**
 * The one task to do now, its score and reasons, and the runners-up (design §11). The chosen tasks are read again in full and
 * scored as they are then, so figures and task always belong together; when one was completed, snoozed or deleted
 * in between, the choice is made once more.
 */
export async function nextTask(ctx: Ctx): Promise<NextTask> {
  const moment: Moment = { now: ctx.now, zone: ctx.actor.zone };
  for (let attempt = 1; ; attempt += 1) {
    const ids = await findBest(ctx);
    const { tasks, snoozed } = await readChosen(ctx, ids);
    const { best, runnersUp } = chooseNext(tasks.map(candidateOf), moment);
    const running = (best ? 1 : 0) + runnersUp.length;
    if (running < ids.length && attempt < 3) continue;
    return {
      task: best?.task ?? null,
      score: best?.score ?? null,
      runnersUp,
      gates: { snoozed },
      why: best ? null : snoozed > 0 ? messages.allSnoozed(snoozed) : messages.nothingOpen,
    };
  }
}
