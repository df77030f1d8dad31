import type { InstanceSecret } from './instance-secret.js';

const FORM = /^(\d{13})\.([A-Za-z0-9-]{8,64})\.([A-Za-z0-9_-]{43})$/;

/** Longer than the sender waits for an answer; the rest is how far the clocks of two machines may be apart. */
const TAKEN_WITHIN_MS = 10_000;

/** A request on its way to the instance that has the token. */
export interface ProvedRequest {
  readonly token: string;
  /** Milliseconds since 1970 by the sender's clock. */
  readonly sentAt: number;
  readonly nonce: string;
  readonly body: string | Buffer;
}

/** The header by which an instance proves that it sent the request, when, and to whom. */
export const requestProof = (secret: InstanceSecret, request: ProvedRequest): string =>
  `${request.sentAt}.${request.nonce}.${secret.proofOf(...partsOf(request))}`;

const partsOf = ({ token, sentAt, nonce, body }: ProvedRequest) => ['commands', token, String(sentAt), nonce, body];

/** The proof in the header of an answer to the request that had the nonce. */
export const answerProof = (secret: InstanceSecret, nonce: string, answer: string): string =>
  secret.proofOf('answers', nonce, answer);

export const isAnswerProof = (
  secret: InstanceSecret,
  proof: string,
  { nonce, answer }: { readonly nonce: string; readonly answer: string },
): boolean => secret.isProof(proof, 'answers', nonce, answer);

export interface ReceivedRequestsOptions {
  readonly secret: InstanceSecret;
  /** Of this instance. */
  readonly token: string;
  readonly now: () => number;
}

/** Tells which requests other instances sent to this one, each once, and only while somebody may wait for the answer. */
export class ReceivedRequests {
  /** Nonces with the time until which a repeat of theirs would be taken, the oldest first. */
  readonly #taken = new Map<string, number>();

  constructor(private readonly options: ReceivedRequestsOptions) {}

  /** The request's nonce; `late` when it is too old, or the clocks are too far apart; undefined where nobody proved anything. */
  take(proof: unknown, body: Buffer): { readonly nonce: string } | 'late' | undefined {
    const [form, sentAt, nonce = '', mac = ''] = (typeof proof === 'string' && FORM.exec(proof)) || [];
    if (form === undefined) return undefined;
    const { secret, token, now } = this.options;
    const request = { token, sentAt: Number(sentAt), nonce, body };
    if (!secret.isProof(mac, ...partsOf(request)) || this.#taken.has(nonce)) return undefined;
    if (Math.abs(now() - request.sentAt) > TAKEN_WITHIN_MS) return 'late';
    this.#forgetOld();
    this.#taken.set(nonce, request.sentAt + TAKEN_WITHIN_MS);
    return { nonce };
  }

  #forgetOld(): void {
    for (const [nonce, until] of this.#taken) {
      if (until >= this.options.now()) return;
      this.#taken.delete(nonce);
    }
  }
}
