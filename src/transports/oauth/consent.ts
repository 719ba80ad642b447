import "server-only";
import type { Route } from "next";
import { headers } from "next/headers";
import { notFound, redirect } from "next/navigation";
import { env } from "#core/env.ts";
import { AppError } from "#core/errors.ts";
import { leaveNotice } from "#core/flow.ts";
import type { RequestEvent } from "#core/log.ts";
import { assertSameOrigin } from "#core/origin.ts";
import { handleRequest } from "#core/request.ts";
import { isTokenScope } from "#core/scopes.ts";
import type { ConsentView } from "#features/connections/components/consent-page.tsx";
import { chosenScopes, consentSchema, refusals } from "#features/connections/consent.ts";
import { countTasks } from "#features/connections/data.ts";
import { approveConsent, pendingConsent, refuseConsent, restartOf } from "#features/connections/interaction.ts";
import { bySession, callerOf } from "../context.ts";
import { errorPage } from "../forms/error-page.ts";
import { readForm } from "../forms/read-form.ts";
import { pageNotice, viewer, whereOf } from "../page.ts";

/**
 * What the consent page shows. Somebody signed out signs in first and comes back; whoever signed in as another person than the
 * one the request was made for starts it over, so that nobody answers in another's name.
 */
export async function consentPage(uid: string, notice: unknown): Promise<ConsentView> {
  const { actor } = await viewer();
  const list = await headers();
  const pending = await pendingConsent(list, actor, uid);
  if (!pending) {
    const restart = await restartOf(list, actor, uid);
    return restart ? redirect(restart as Route) : notFound();
  }
  const [tasks, where, left] = await Promise.all([countTasks(actor), whereOf(), pageNotice(notice)]);
  const { name, email } = actor;
  return { pending, person: { name, email }, tasks, where, instance: new URL(env().APP_URL).host, notice: left };
}

const pageOf = (uid: string) => `/oauth/consent/${encodeURIComponent(uid)}`;
const seeOther = (location: string) => new Response(null, { status: 303, headers: { Location: location } });
const over = () => new AppError("CONFLICT", refusals.over.text);

async function decide(request: Request, uid: string, event: RequestEvent): Promise<Response> {
  assertSameOrigin(request.headers);
  const page = pageOf(uid);
  const { binding, decision, ...values } = await readForm(request);
  const { data: form, error } = consentSchema.safeParse({ binding, decision, ...values });
  if (error) {
    const details = error.issues.map(({ path, message }) => ({ field: path.join("."), message }));
    throw new AppError("VALIDATION_ERROR", refusals.foreign.text, { details });
  }
  const caller = await callerOf(request.headers, "form", event, { user: "default", grant: "write" }, bySession);
  const { actor, requestId, address } = caller;
  if (!actor) return seeOther(`/sign-in?returnTo=${encodeURIComponent(page)}`);
  const pending = await pendingConsent(request.headers, actor, uid);
  if (!pending) throw over();
  const origin = { requestId, address };
  if (form.decision === "cancel")
    return seeOther(await refuseConsent(request.headers, actor, uid, form.binding, origin));
  const scopes = chosenScopes(pending.asked, form);
  if (!scopes.some(isTokenScope))
    return seeOther(await leaveNotice(page, { tone: "danger", text: refusals.nothingChosen, values }));
  const choice = { scopes, lifetime: form.lifetime, replace: form.replace === "on" };
  return seeOther(await approveConsent(request.headers, actor, uid, form.binding, choice, origin));
}

/**
 * `POST /oauth/consent/<uid>/decide`: the person's answer. A yes or no that counts leads on by 303 to the authorization server and
 * from there to the client; everything else is answered here, and never leads to an address from the request (requirements M-31).
 */
export const handleDecision = (request: Request, uid: string): Promise<Response> =>
  handleRequest(
    request,
    "form",
    (event) => decide(request, uid, event),
    (error, event) => {
      const isOver = error.code === "CONFLICT";
      const heading = isOver ? refusals.over.title : refusals.foreign.title;
      return errorPage(error, event.requestId, isOver ? "/next" : pageOf(uid), { heading });
    },
  );
