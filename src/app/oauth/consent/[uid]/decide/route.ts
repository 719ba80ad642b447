import { handleDecision } from "#transports/oauth/consent.ts";

export async function POST(
  request: Request,
  { params }: RouteContext<"/oauth/consent/[uid]/decide">,
): Promise<Response> {
  return await handleDecision(request, (await params).uid);
}
