import { serveOAuth } from "#transports/oauth/mount.ts";

// The one Pages route: oidc-provider wants Node's request and response, and the body unread (design §9).
export const config = { api: { bodyParser: false, externalResolver: true } };

export default serveOAuth;
