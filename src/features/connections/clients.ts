import "server-only";
import type { ClientMetadata } from "oidc-provider";
import { errors } from "oidc-provider";
import { checkRawInput } from "#core/raw-input.ts";
import { plainName } from "#core/text.ts";

/**
 * Clients whose documents we know. Their host turns servers of some clouds away, and one whose document cannot be fetched cannot
 * connect at all, so these two are kept here (oauth-mcp.md §2.2). Anybody could write the same document; what makes them sure is
 * the redirect, which leads to claude.ai or to the person's own computer.
 */
export const pinnedClients: readonly ClientMetadata[] = [
  {
    client_id: "https://claude.ai/oauth/mcp-oauth-client-metadata",
    client_name: "Claude",
    client_uri: "https://claude.ai",
    redirect_uris: ["https://claude.ai/api/mcp/auth_callback", "https://claude.com/api/mcp/auth_callback"],
    application_type: "web",
  },
  {
    client_id: "https://claude.ai/oauth/claude-code-client-metadata",
    client_name: "Claude Code",
    client_uri: "https://claude.ai",
    redirect_uris: ["http://localhost/callback", "http://127.0.0.1/callback"],
    application_type: "native",
  },
];

export const isPinned = (clientId: string): boolean => pinnedClients.some((client) => client.client_id === clientId);

const grantTypes = ["authorization_code", "refresh_token"];
const maxRedirects = 10;
const maxName = 255;

function refuse(error: "redirect" | "metadata", description: string): never {
  throw error === "redirect"
    ? new errors.InvalidRedirectUri(description)
    : new errors.InvalidClientMetadata(description);
}

/**
 * Https, http on this computer, or a scheme of an app's own with a dot (RFC 8252 §7.1); without credentials or fragment, and
 * written as it is followed: a browser drops, adds or replaces a good deal before it goes where an address leads.
 */
function checkRedirect(uri: unknown): "web" | "native" {
  // An address is ASCII (RFC 3986 §2); hosts of other scripts have their xn-- form.
  if (typeof uri !== "string" || uri.length > 2048 || !/^[!-[\]-~]+$/.test(uri) || !URL.canParse(uri))
    return refuse("redirect", "redirect_uris must be absolute addresses of at most 2048 ASCII characters");
  const { protocol } = new URL(uri);
  const [, authority = ""] = /^[^:]+:\/\/([^/?]*)/.exec(uri) ?? [];
  if (authority.includes("@") || uri.includes("#"))
    return refuse("redirect", "redirect_uris must have neither credentials nor a fragment");
  // A name as names are, or a number: the host goes into the consent page's policy, where other signs would mean something.
  if (protocol === "https:" && /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d+)?$/i.test(authority)) return "web";
  if (protocol === "http:" && /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/.test(authority)) return "native";
  if (/^https?:$/.test(protocol))
    return refuse("redirect", "redirect_uris must use https and a plain host, or http on this computer");
  if (/^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:$/.test(protocol) || knownSchemes.has(protocol)) return "native";
  return refuse("redirect", "redirect_uris must use https, http on this computer, or a scheme with a dot");
}

// Programs that came before the rule of the dot and are in wide use.
const knownSchemes = new Set(["cursor:", "vscode:", "vscode-insiders:", "windsurf:", "zed:"]);

// What a client may say of itself; the rest stays at what the library has for it. That rest would make this server fetch more
// addresses, sign with a client's secret, or give each client a person of its own.
const known = new Set(
  `client_id client_id_issued_at client_secret client_secret_expires_at client_name client_uri logo_uri policy_uri tos_uri contacts
  redirect_uris application_type grant_types response_types token_endpoint_auth_method token_endpoint_auth_signing_alg jwks jwks_uri`.split(
    /\s+/,
  ),
);

/**
 * Runs on every registration and every client document before the library's own checks.
 * Changes: `scope` is dropped with all that is not known, because clients register what they were first asked for, and could then
 * never ask for more; of the grant types, those we know are kept; a client with a loopback or app redirect is `native`, else its port could not vary.
 * @throws InvalidClientMetadata, InvalidRedirectUri (RFC 7591 §3.2.2)
 */
export function checkClient(metadata: ClientMetadata): void {
  for (const name of Object.keys(metadata)) if (!known.has(name)) delete metadata[name];
  try {
    checkRawInput(metadata);
  } catch (error) {
    refuse("metadata", error instanceof Error ? error.message : "the metadata cannot be kept");
  }
  // The library makes a secret where none was asked for; a client that is told one sends it.
  if (metadata.token_endpoint_auth_method === "none") {
    delete metadata.client_secret;
    delete metadata.client_secret_expires_at;
  }
  const { redirect_uris: redirects, client_name: name, grant_types: wanted } = metadata;
  if (!Array.isArray(redirects) || redirects.length === 0 || redirects.length > maxRedirects)
    refuse("redirect", `redirect_uris must be a list of 1 to ${maxRedirects} addresses`);
  const kinds = (redirects as unknown[]).map(checkRedirect);
  metadata.application_type = kinds.includes("native") ? "native" : "web";
  if (Array.isArray(wanted)) {
    metadata.grant_types = wanted.filter((type) => grantTypes.includes(type));
    if (metadata.grant_types.length === 0) refuse("metadata", `grant_types must be among ${grantTypes.join(", ")}`);
  }
  if (typeof name === "string") {
    const isLong = (text: string) => text.length > maxName;
    // Normalizing makes two characters of some, and what was kept is checked again whenever it is read.
    if (isLong(name) || isLong(plainName(name)))
      refuse("metadata", `client_name must be at most ${maxName} characters`);
    metadata.client_name = plainName(name);
  }
}
