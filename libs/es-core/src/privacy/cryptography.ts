/**
 * What personal data is protected with, as the machine has it. Keys are 32 random bytes; keys and what is encrypted are
 * base64url.
 */
export interface Cryptography {
  newKey(): string;
  /** AES-256-GCM under a fresh random nonce. `about` is authenticated and not stored: decrypting needs the same. */
  encrypt(key: string, text: string, about: string): string;
  /** Undefined where it was encrypted under another key or about something else, or was changed since. */
  decrypt(key: string, encrypted: string, about: string): string | undefined;
  /** HMAC-SHA-256, 43 characters. */
  hmac(key: string, text: string): string;
}
