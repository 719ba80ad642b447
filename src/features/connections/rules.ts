/** How long an access token lives (design §9). */
export const accessTokenSeconds = 3600;
/** A refresh token that nobody uses ends after this; the end that the person chose comes first. */
export const refreshTokenSeconds = 90 * 24 * 3600;
/** Within this time of its rotation a refresh token still gives a sibling in the same grant (design §12). */
export const refreshGraceSeconds = 60;
/** A request waits this long for its person. */
export const consentSeconds = 600;
