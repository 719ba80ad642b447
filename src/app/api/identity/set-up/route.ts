import { openLink, setUpForm } from "#transports/forms/identity.ts";

// The proxy hands a link with a secret over to here.
export const GET = (request: Request) => openLink(request, "setUp");
export const POST = setUpForm;
