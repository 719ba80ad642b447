import { byBearer } from "#transports/rest/bearer.ts";
import { handleRest } from "#transports/rest/handler.ts";

export const dynamic = "force-dynamic";
const handler = (request: Request): Promise<Response> => handleRest(request, byBearer);

export { handler as DELETE, handler as GET, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
