import { signInForm } from "#transports/forms/identity.ts";

export const POST = signInForm;
