import "server-only";
import type { z } from "zod";
import { AppError, type ErrorDetail, toAppError } from "#core/errors.ts";
import { endFlow, keepLink, keptLink, leaveNotice, readNotice } from "#core/flow.ts";
import type { RequestEvent } from "#core/log.ts";
import { assertSameOrigin, safeReturnTo } from "#core/origin.ts";
import { handleRequest } from "#core/request.ts";
import { messages } from "#features/identity/messages.ts";
import { clearSession, startSession } from "#features/identity/next-auth.ts";
import { linkTokenSchema, newAccountSchema, signInSchema, signOutSchema } from "#features/identity/schema.ts";
import { endSession, openInvite, setUp, setUpState, signIn, signUp } from "#features/identity/service.ts";
import { readSessionCookie } from "#features/identity/session.ts";
import { type Origin, originOf } from "#features/identity/tickets.ts";
import { errorPage } from "./error-page.ts";
import { readForm } from "./read-form.ts";

/** 303: whatever was posted, the browser gets the next page. The path is relative, so no Host header can bend it. */
const seeOther = (path: string) => new Response(null, { status: 303, headers: { Location: path } });

type Act<S extends z.ZodObject> = {
  /** The page the form is on. */
  page: string;
  schema: S;
  /** @returns the path to go to */
  run: (input: z.output<S>, origin: Origin) => Promise<string>;
};

const refusal = (details: ErrorDetail[]) => new AppError("VALIDATION_ERROR", messages.errors.attention, { details });
const badLink = (kind: "setUp" | "invite") => (kind === "setUp" ? messages.setUp.badLink : messages.signUp.badLink);

const kept = ["email", "name", "timeZone"];

/** Errors that a person can do something about on the page itself; others get an answer of their own. */
const forThePage = new Set(["VALIDATION_ERROR", "FORBIDDEN", "CONFLICT", "INVALID_TOKEN", "RATE_LIMIT_EXCEEDED"]);

/** Back to the page with the message and what was entered, without the password. */
async function sendBack(
  act: { page: string },
  error: AppError,
  fields: Record<string, string>,
  event: RequestEvent,
): Promise<Response> {
  const values = Object.fromEntries(kept.flatMap((name) => (fields[name] ? [[name, fields[name].slice(0, 255)]] : [])));
  const errors = Object.fromEntries(error.details.map(({ field, message }) => [field, message]));
  const returnTo = safeReturnTo(fields.returnTo);
  const query = returnTo === safeReturnTo(null) ? "" : `?returnTo=${encodeURIComponent(returnTo)}`;
  const path = await leaveNotice(`${act.page}${query}`, { tone: "danger", text: error.message, values, errors });
  event.code = error.code;
  // A limit answers 429 with Retry-After, as programs expect; a browser is moved on to the page.
  return error.code === "RATE_LIMIT_EXCEEDED"
    ? errorPage(error, event.requestId, path, { moveOn: true })
    : seeOther(path);
}

/** What every identity form goes through: origin, size, fields, the act, and an answer that works without JavaScript. */
const handleForm = <S extends z.ZodObject>(request: Request, act: Act<S>): Promise<Response> =>
  handleRequest(
    request,
    "form",
    async (event) => {
      assertSameOrigin(request.headers);
      const fields = await readForm(request);
      const parsed = act.schema.safeParse(fields);
      const unknown = parsed.error?.issues.find((issue) => issue.code === "unrecognized_keys");
      if (unknown) {
        const details = unknown.keys
          .slice(0, 20)
          .map((field) => ({ field: field.slice(0, 100), message: messages.fields.unknown }));
        return errorPage(refusal(details), event.requestId, act.page);
      }
      if (!parsed.success) {
        const details = parsed.error.issues.map(({ path, message }) => ({ field: path.join("."), message }));
        return await sendBack(act, refusal(details), fields, event);
      }
      try {
        return seeOther(await act.run(parsed.data, originOf(request.headers, event.requestId)));
      } catch (failure) {
        const error = toAppError(failure);
        if (!forThePage.has(error.code)) throw error;
        return await sendBack(act, error, fields, event);
      }
    },
    (error, event) => errorPage(error, event.requestId, act.page),
  );

/** Checks address and password, and starts a session. */
export const signInForm = (request: Request): Promise<Response> =>
  handleForm(request, {
    page: "/sign-in",
    schema: signInSchema,
    async run({ returnTo, ...input }, origin) {
      const ticket = await signIn(input, origin);
      return await enter(ticket, origin, safeReturnTo(returnTo));
    },
  });

/** Makes the first account, its admin. */
export const setUpForm = (request: Request): Promise<Response> =>
  handleForm(request, {
    page: "/setup",
    schema: newAccountSchema,
    async run(input, origin) {
      const token = await keptLink("setUp");
      if (!token) return "/setup";
      return await enter(await setUp(input, token, origin), origin, "/next");
    },
  });

/** Makes an account by an invite. */
export const signUpForm = (request: Request): Promise<Response> =>
  handleForm(request, {
    page: "/sign-up",
    schema: newAccountSchema,
    async run(input, origin) {
      const token = await keptLink("invite");
      if (!token) return "/sign-up";
      return await enter(await signUp(input, token, origin), origin, "/next");
    },
  });

/** Ends the session of this browser, its row before its cookie. */
export const signOutForm = (request: Request): Promise<Response> =>
  handleForm(request, {
    page: "/sign-in",
    schema: signOutSchema,
    async run({ returnTo }, origin) {
      const claim = await readSessionCookie(request.headers.get("cookie"));
      if (claim) await endSession(claim, origin);
      await clearSession();
      const page =
        returnTo === undefined ? "/sign-in" : `/sign-in?returnTo=${encodeURIComponent(safeReturnTo(returnTo))}`;
      return await leaveNotice(page, { tone: "success", text: messages.signIn.signedOut });
    },
  });

async function enter(ticket: string, { requestId }: Origin, path: string): Promise<string> {
  if (!(await startSession(ticket, requestId)))
    return await leaveNotice("/sign-in", { tone: "danger", text: messages.signIn.expired });
  await endFlow();
  return path;
}

/**
 * A link with a secret was opened: the secret moves into the sealed cookie and out of the address, where history,
 * screenshots and Referer headers would keep it. The proxy hands it over in a header. Opening alone uses nothing up, so previews of links do no harm.
 */
export const openLink = (request: Request, kind: "setUp" | "invite"): Promise<Response> => {
  const page = kind === "setUp" ? "/setup" : "/sign-up";
  return handleRequest(
    request,
    "form",
    async () => {
      const token = linkTokenSchema.safeParse(request.headers.get("x-mindflow-link"));
      if (token.success) await keepLink(kind, token.data);
      return seeOther(token.success ? page : await leaveNotice(page, { tone: "danger", text: badLink(kind) }));
    },
    (error, event) => errorPage(error, event.requestId, page),
  );
};

type Query = Promise<Record<string, string | string[] | undefined>>;

/** What the sign-in page shows: the message left for it and where to go afterwards. */
export async function signInPage(searchParams: Query) {
  const { notice, returnTo } = await searchParams;
  return { notice: await readNotice(notice), returnTo: safeReturnTo(typeof returnTo === "string" ? returnTo : null) };
}

/** What somebody is told who opened a link that is used up, revoked or too old. */
const deadLink = (kind: "setUp" | "invite") => ({ tone: "danger", text: badLink(kind) }) as const;

/** What the set-up page shows. */
export async function setUpPage(searchParams: Query) {
  const token = await keptLink("setUp");
  const [notice, state] = [await readNotice((await searchParams).notice), await setUpState(token)];
  return { notice: notice ?? (token !== null && state === "closed" ? deadLink("setUp") : null), state };
}

/** What the sign-up page shows; `invite` is null without a live link. */
export async function signUpPage(searchParams: Query) {
  const token = await keptLink("invite");
  const [notice, invite] = [await readNotice((await searchParams).notice), await openInvite(token)];
  return { notice: notice ?? (token !== null && invite === null ? deadLink("invite") : null), invite };
}
