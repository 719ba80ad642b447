import { handleRefusal } from "#transports/forms/refusal.ts";

export const dynamic = "force-dynamic";

export async function GET(request: Request, { params }: RouteContext<"/api/refused/[code]">): Promise<Response> {
  return await handleRefusal(request, (await params).code);
}
