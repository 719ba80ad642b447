import { handleReady } from "#transports/health/ready.ts";

export const dynamic = "force-dynamic";
export { handleReady as GET };
