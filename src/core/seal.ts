import "server-only";
import { hkdfSync } from "node:crypto";
import { CompactEncrypt, compactDecrypt } from "jose";
import { env } from "./env.ts";

/** Secrets at rest are sealed under a key that is not in the database (design §6): one for each purpose, drawn from PEPPER. */
const keyFor = (purpose: string) =>
  new Uint8Array(hkdfSync("sha256", env().PEPPER, "", `mindflow seal: ${purpose}`, 32));

/**
 * Encrypts and authenticates a text (JWE, A256GCM).
 * @param purpose what it is; a seal opens for its own purpose only
 */
export const seal = (purpose: string, plain: string): Promise<string> =>
  new CompactEncrypt(new TextEncoder().encode(plain))
    .setProtectedHeader({ alg: "dir", enc: "A256GCM" })
    .encrypt(keyFor(purpose));

/** The text again; null for what was tampered with, or sealed for something else or under another PEPPER. */
export async function unseal(purpose: string, sealed: string): Promise<string | null> {
  try {
    const { plaintext } = await compactDecrypt(sealed, keyFor(purpose), {
      keyManagementAlgorithms: ["dir"],
      contentEncryptionAlgorithms: ["A256GCM"],
    });
    return new TextDecoder().decode(plaintext);
  } catch {
    return null;
  }
}
