import { handleSignIn } from "#transports/oauth/sign-in.ts";

export async function GET(
  request: Request,
  { params }: RouteContext<"/oauth/consent/[uid]/sign-in">,
): Promise<Response> {
  return await handleSignIn(request, (await params).uid);
}
