import { handleMcp } from "#transports/mcp/handler.ts";

export const dynamic = "force-dynamic";
const handler = (request: Request): Promise<Response> => handleMcp(request);

export { handler as DELETE, handler as GET, handler as OPTIONS, handler as PATCH, handler as POST, handler as PUT };
