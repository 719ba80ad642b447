import { notFound } from "next/navigation";
import { handleMetadata } from "#transports/oauth/metadata.ts";

type Context = RouteContext<"/.well-known/oauth-protected-resource/[[...path]]">;

export async function GET(request: Request, { params }: Context): Promise<Response> {
  const { path = [] } = await params;
  if (path.length > 0 && path.join("/") !== "mcp") notFound();
  return await handleMetadata(request);
}

export const OPTIONS = handleMetadata;
