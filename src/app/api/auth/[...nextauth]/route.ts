import { handlers } from "#features/identity/next-auth.ts";

export const { GET, POST } = handlers;
