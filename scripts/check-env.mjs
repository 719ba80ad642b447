// Run by the start scripts on Node 24 before anything is built or served: exits 1 with one line per bad setting.
import { env } from "../src/core/env.ts";

try {
  env();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
