import "server-only";
import { AppError } from "#core/errors.ts";
import { handleRequest } from "#core/request.ts";
import { continueAs } from "#features/connections/interaction.ts";
import { bySession, callerOf } from "../context.ts";
import { errorPage } from "../forms/error-page.ts";
import { messages } from "./messages.ts";

const seeOther = (location: string) => new Response(null, { status: 303, headers: { Location: location } });

/** Between the app's request and the consent page: goes on at once for somebody signed in, by way of the sign-in page else. */
export const handleSignIn = (request: Request, uid: string): Promise<Response> =>
  handleRequest(
    request,
    "oauth",
    async (event) => {
      const { actor } = await callerOf(request.headers, "page", event, { user: "default", grant: "read" }, bySession);
      if (!actor) return seeOther(`/sign-in?returnTo=${encodeURIComponent(`/oauth/consent/${uid}/sign-in`)}`);
      const next = await continueAs(request.headers, actor, uid);
      if (!next) throw new AppError("CONFLICT", messages.over);
      return seeOther(next);
    },
    (error, event) => errorPage(error, event.requestId, "/next"),
  );
