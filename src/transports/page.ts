import "server-only";
import type { Route } from "next";
import { headers } from "next/headers";
import { notFound, redirect } from "next/navigation";
import { after } from "next/server";
import { cache } from "react";
import type { z } from "zod";
import type { Query } from "#core/capability.ts";
import { type ErrorCode, errorTable, toAppError } from "#core/errors.ts";
import { type Notice, readNotice } from "#core/flow.ts";
import { type Caller, invoke } from "#core/invoke.ts";
import { finishEvent, startEvent } from "#core/log.ts";
import { redactUrl } from "#core/redact.ts";
import { requestIdOf } from "#core/request.ts";
import { pickLocale, type Where } from "#ui/format.ts";
import { allCapabilities } from "./capabilities.ts";
import { bySession, callerOf } from "./context.ts";
import { refusalPath } from "./forms/refusal.ts";

/**
 * Sends a visitor whose page failed because a limit was reached or the database is away to an address that answers 429 or 503
 * with Retry-After, because a page cannot choose its status. Anything else is thrown on.
 */
export async function refusePage(failure: unknown): Promise<never> {
  const error = toAppError(failure);
  if (error.code === "RATE_LIMIT_EXCEEDED" || error.code === "UNAVAILABLE")
    redirect(refusalPath(error, (await headers()).get("x-mindflow-path") ?? "/next") as Route);
  throw failure;
}

/** Who looks at this page, found out once per request; `actor` is null for somebody signed out. One wide event per page. */
export const visitor = cache(async (): Promise<Caller> => {
  const list = await headers();
  const event = startEvent(requestIdOf(list), "page", "GET", redactUrl(list.get("x-mindflow-path") ?? ""));
  after(() => finishEvent(event));
  try {
    return await callerOf(list, "page", event, { user: "default", grant: "read" }, bySession);
  } catch (error) {
    event.failure = toAppError(error);
    event.code = event.failure.code;
    event.status = errorTable[event.code as ErrorCode].status;
    return await refusePage(error);
  }
});

/** A signed-in visitor; anybody else is sent to sign in and comes back here. */
export async function viewer(): Promise<Caller & { actor: NonNullable<Caller["actor"]> }> {
  const caller = await visitor();
  const { actor } = caller;
  if (actor) return { ...caller, actor };
  const path = (await headers()).get("x-mindflow-path") ?? "/next";
  redirect(`/sign-in?returnTo=${encodeURIComponent(path)}`);
}

const names = new Map(allCapabilities.map(({ name, capability }) => [capability as unknown, name]));

/** A page and its layout may ask for the same; within a request it is read once. `input` is JSON, because equality counts. */
const readOnce = cache(async (capability: Query, input: string): Promise<unknown> => {
  const caller = await viewer();
  try {
    return await invoke({ name: names.get(capability) ?? "", capability }, caller, JSON.parse(input));
  } catch (error) {
    const { code } = toAppError(error);
    caller.event.code = code;
    caller.event.status = errorTable[code].status;
    if (code === "RESOURCE_NOT_FOUND" || code === "VALIDATION_ERROR") notFound();
    return await refusePage(error);
  }
});

/**
 * Reads through the one door for a server-rendered page.
 * @returns the capability's answer; what is not there becomes the 404 page
 */
export const read = <I extends z.ZodObject, O extends z.ZodObject>(
  capability: Query<I, O>,
  input: z.input<I>,
): Promise<z.output<O>> => readOnce(capability, JSON.stringify(input)) as Promise<z.output<O>>;

/** The look this visitor chose; the system's when nobody is signed in, or when asking fails: a page must not fail for that. */
export async function theme(): Promise<"system" | "light" | "dark"> {
  return await visitor().then(
    ({ actor }) => actor?.theme ?? "system",
    () => "system" as const,
  );
}

/** Locale, zone and time that a page's dates are written in; made once, so that server and browser write the same. */
export const whereOf = cache(async (): Promise<Where> => {
  const { actor, now } = await viewer();
  return { locale: pickLocale((await headers()).get("accept-language")), zone: actor.zone, now: now.getTime() };
});

/** The message that a plain form left for this page (core/flow.ts). */
export const pageNotice = (id: unknown): Promise<Notice | null> => readNotice(id);
