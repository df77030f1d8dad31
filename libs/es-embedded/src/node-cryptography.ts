import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import type { Cryptography } from '@ledgerline/es-core/adapter';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const ALGORITHM = 'aes-256-gcm';

const bytesOf = (text: string): Buffer => Buffer.from(text, 'base64url');

/** Node's own. What is encrypted is nonce, ciphertext and tag, in this order. */
export const nodeCryptography: Cryptography = {
  newKey: () => randomBytes(32).toString('base64url'),
  encrypt: (key, text, about) => {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, bytesOf(key), nonce).setAAD(Buffer.from(about));
    const encrypted = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, encrypted, cipher.getAuthTag()]).toString('base64url');
  },
  decrypt: (key, encrypted, about) => {
    const bytes = bytesOf(encrypted);
    if (bytes.length < NONCE_BYTES + TAG_BYTES) return undefined;
    const decipher = createDecipheriv(ALGORITHM, bytesOf(key), bytes.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(Buffer.from(about)).setAuthTag(bytes.subarray(-TAG_BYTES));
    const text = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
    try {
      return Buffer.concat([text, decipher.final()]).toString('utf8');
    } catch {
      return undefined; // The tag says that it is not authentic: the only failure there can be here.
    }
  },
  hmac: (key, text) => createHmac('sha256', bytesOf(key)).update(text).digest('base64url'),
};
