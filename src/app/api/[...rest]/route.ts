import { handleUnknown } from "#transports/rest/handler.ts";

export const dynamic = "force-dynamic";
export {
  handleUnknown as DELETE,
  handleUnknown as GET,
  handleUnknown as PATCH,
  handleUnknown as POST,
  handleUnknown as PUT,
};
