import { handleTrpc } from "#transports/trpc/handler.ts";

export const dynamic = "force-dynamic";
export { handleTrpc as GET, handleTrpc as POST };
