/**
 * Does what `credential` stands for still hold for its person `u`? Neither deleted nor banned, and made after the last change
 * of password or second factor: one column ends every session and every connection at once, on every process (design §8).
 */
export const standing = (credential: string): string =>
  `u.deleted_at IS NULL AND (u.banned_until IS NULL OR u.banned_until <= now())
    AND (u.credentials_changed_at IS NULL OR ${credential}.created_at >= u.credentials_changed_at)`;
