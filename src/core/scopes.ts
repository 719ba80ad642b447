/**
 * What a credential may be allowed to do (design §9). Token scopes can be granted to an assistant; API keys may hold a few
 * more; the rest belongs to browser sessions alone. Isomorphic: the consent page shows the same list.
 */
export const tokenScopes = ["tasks:read", "tasks:write", "tasks:delete", "notifications:read"] as const;
/** What an assistant may learn of the person in the ID token, and that it may renew its access; no capability asks for these. */
export const identityScopes = ["openid", "profile", "email", "offline_access"] as const;
export const keyScopes = [...tokenScopes, "notifications:write", "profile:read", "profile:write"] as const;
export const scopes = [...keyScopes, "account", "admin"] as const;

export type Scope = (typeof scopes)[number];

export type TokenScope = (typeof tokenScopes)[number];
export type IdentityScope = (typeof identityScopes)[number];

export const isTokenScope = (scope: string): scope is TokenScope => (tokenScopes as readonly string[]).includes(scope);
export const isKeyScope = (scope: Scope): boolean => (keyScopes as readonly Scope[]).includes(scope);
