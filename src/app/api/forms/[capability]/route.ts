import { handleForm } from "#transports/forms/handler.ts";

export const dynamic = "force-dynamic";

export async function POST(request: Request, { params }: RouteContext<"/api/forms/[capability]">): Promise<Response> {
  return await handleForm(request, (await params).capability);
}
