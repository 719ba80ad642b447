import { signOutForm } from "#transports/forms/identity.ts";

export const POST = signOutForm;
