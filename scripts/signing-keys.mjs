// Run by scripts/keys.mjs with the application's sources: prints the signing keys, after making a new one when asked to.
import { listSigningKeys, rotateSigningKey } from "../src/features/connections/keys.ts";

if (process.env.SIGNING_KEYS === "rotate") await rotateSigningKey();
for (const { kid, createdAt, expiresAt } of await listSigningKeys())
  console.log(`${kid}  made ${createdAt}  ${expiresAt ? `verifies until ${expiresAt}` : "signs"}`);
process.exit(0); // the database pool would keep the process alive
