import "server-only";
import { costOf } from "#core/capability.ts";
import { AppError } from "#core/errors.ts";
import { leaveNotice, type Notice } from "#core/flow.ts";
import { invoke } from "#core/invoke.ts";
import type { RequestEvent } from "#core/log.ts";
import { assertSameOrigin, safeReturnTo } from "#core/origin.ts";
import { handleRequest } from "#core/request.ts";
import { findCapability } from "../capabilities.ts";
import { coerce } from "../coerce.ts";
import { bySession, callerOf } from "../context.ts";
import { doneText } from "./done.ts";
import { errorPage } from "./error-page.ts";
import { readForm } from "./read-form.ts";

/** 303: the browser goes on with GET, so that reloading does not send the form again. */
const seeOther = (path: string): Response => new Response(null, { status: 303, headers: { Location: path } });

const errorNotice = (error: AppError, fields: Record<string, string>): Notice => ({
  tone: "danger",
  text: error.message,
  errors: Object.fromEntries(error.details.map(({ field, message }) => [field, message])),
  values: fields,
});

async function handle(request: Request, name: string, event: RequestEvent): Promise<Response> {
  assertSameOrigin(request.headers);
  const named = findCapability(name);
  const done = Object.hasOwn(doneText, name) ? doneText[name] : undefined;
  if (!named || !done) throw new AppError("RESOURCE_NOT_FOUND", "There is no such form.");
  const { returnTo: wanted, ...fields } = await readForm(request);
  const returnTo = safeReturnTo(wanted);
  const caller = await callerOf(request.headers, "form", event, costOf(named.capability), bySession);
  if (!caller.actor) return seeOther(`/sign-in?returnTo=${encodeURIComponent(returnTo)}`);
  try {
    const output = await invoke(named, caller, coerce(named.capability.input, Object.entries(fields), true));
    const operationId = output.operationId;
    const title = typeof output.title === "string" ? output.title : "";
    return seeOther(
      await leaveNotice(returnTo, {
        tone: "success",
        text: done(title, output),
        ...(typeof operationId === "string" && name !== "operations.undo" ? { operationId } : {}),
      }),
    );
  } catch (failure) {
    // `invoke` throws nothing else. The page the form stands on shows what was wrong, with what was entered.
    const error = failure as AppError;
    event.code = error.code;
    if (error.code === "INTERNAL_ERROR" || error.code === "UNAVAILABLE") throw error;
    return seeOther(await leaveNotice(returnTo, errorNotice(error, fields)));
  }
}

/** `POST /api/forms/<capability>`: what the pages do without JavaScript, through the same one door (design §4). */
export const handleForm = (request: Request, name: string): Promise<Response> =>
  handleRequest(
    request,
    "form",
    (event) => handle(request, name, event),
    (error, event) => errorPage(error, event.requestId, "/next"),
  );
