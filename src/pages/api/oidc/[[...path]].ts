import type { IncomingMessage, ServerResponse } from "node:http";

// The one Pages route: oidc-provider wants Node's request and response, and the body unread (design §9). Pages are a bundle of
// their own, in which server-only modules do not load and everything would exist twice; so the application leaves its handler
// here when it starts (transports/start-up.ts).
type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;
const shared = globalThis as unknown as { mindflowOAuth: Handler };

export const config = { api: { bodyParser: false, externalResolver: true } };

export default function handler(request: IncomingMessage, response: ServerResponse): Promise<void> {
  return shared.mindflowOAuth(request, response);
}
