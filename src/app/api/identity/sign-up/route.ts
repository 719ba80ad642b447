import { openLink, signUpForm } from "#transports/forms/identity.ts";

// The proxy hands a link with a secret over to here.
export const GET = (request: Request) => openLink(request, "invite");
export const POST = signUpForm;
