// Run by the start scripts on an empty database: prints the link that makes the first administrator, or nothing.
import { createSetupLink } from "../src/features/identity/service.ts";

const link = await createSetupLink();
if (link) console.log(link);
process.exit(0); // the database pool would keep the process alive
