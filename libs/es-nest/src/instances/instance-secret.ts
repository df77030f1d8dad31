import { createHmac, timingSafeEqual } from 'node:crypto';

/** By what the instances of a service prove to each other that they belong together. It is never sent or logged. */
export class InstanceSecret {
  readonly #key: Buffer;

  constructor(secret: string, service: string) {
    this.#key = createHmac('sha256', secret).update(`ledgerline/instances/1:${service}`).digest();
  }

  /** Nobody can make it who does not know the secret. It is about exactly these parts, in this order. */
  proofOf(...parts: readonly (string | Buffer)[]): string {
    const hmac = createHmac('sha256', this.#key);
    for (const part of parts) hmac.update(`${Buffer.byteLength(part)}:`).update(part);
    return hmac.digest('base64url');
  }

  /** Takes as long for a wrong proof as for the right one. */
  isProof(proof: string, ...parts: readonly (string | Buffer)[]): boolean {
    const [given, right] = [Buffer.from(proof), Buffer.from(this.proofOf(...parts))];
    return given.length === right.length && timingSafeEqual(given, right);
  }
}
