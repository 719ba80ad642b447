import { handleOpenApi } from "#transports/rest/openapi.ts";

export const dynamic = "force-dynamic";
export { handleOpenApi as GET };
