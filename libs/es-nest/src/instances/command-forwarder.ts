import { EsError, type Platform } from '@ledgerline/es-core';
import type { InstanceAddress } from '@ledgerline/es-core/adapter';
import { Agent, request } from 'undici';
import { abortAfter } from '../lifecycle/abort-after.js';
import { factsOf, type Log } from '../logging/log.js';
import { ByteBudget } from './byte-budget.js';
import { FORWARD_PATH, FORWARD_TYPE, PROOF_HEADER } from './forward-path.js';
import { ForwardLane } from './forward-lane.js';
import { type Forwarded, type ForwardedAnswer, forwardedAnswers, type HandedOver } from './forwarded-answer.js';
import type { InstanceSecret } from './instance-secret.js';
import { isAnswerProof, requestProof } from './request-proof.js';

/**
 * Longer than an instance that does not answer may go on believing that it is the preferred one, and leaving time to decide
 * a command here within the ten seconds that it has.
 */
const ANSWERED_WITHIN_MS = 6_000;
const CONNECTED_WITHIN_MS = 1_000;
/** Of all lanes together; past it commands are refused as `overloaded`. */
const MOST_BYTES_UNDER_WAY = 32 * 1024 * 1024;
const MOST_BYTES_OF_ANSWER = 4 * 1024 * 1024;

export interface CommandForwarderOptions {
  readonly log: Pick<Log, 'warn'>;
  readonly now: () => number;
  readonly platform: Pick<Platform, 'randomId' | 'setTimer' | 'now'>;
  readonly secret: InstanceSecret;
  /** 6,000 unless said otherwise. */
  readonly answeredWithinMs?: number;
}

interface OpenLane {
  readonly address: ReachableInstance;
  readonly partition: number;
  readonly lane: ForwardLane;
}

const TOO_LATE = 408;

class InstanceRefused extends EsError {
  constructor(status: number) {
    const why = status === TOO_LATE ? ': by its clock that was sent too long ago, so set both clocks right' : '';
    super('instance-refused', `the instance answered ${status}${why}`, true, { status });
  }
}

class InstanceSilent extends EsError {
  constructor(ms: number) {
    super('instance-silent', `the instance did not answer within ${ms} ms`, true, { ms });
  }
}

/** An instance that commands can be handed over to. */
export type ReachableInstance = InstanceAddress & { readonly url: string };

/** Hands commands over to other instances: a lane for each partition that somebody else is the preferred writer of. */
export class CommandForwarder {
  readonly #agent = new Agent({ connect: { timeout: CONNECTED_WITHIN_MS } });
  readonly #lanes = new Map<string, OpenLane>();
  readonly #budget = new ByteBudget(MOST_BYTES_UNDER_WAY);

  constructor(private readonly options: CommandForwarderOptions) {}

  /** As `ForwardLane.send`. */
  send(address: ReachableInstance, partition: number, command: Forwarded): Promise<HandedOver> | undefined {
    const key = `${address.token} ${partition}`;
    const open = this.#lanes.get(key) ?? this.#open(key, address, partition);
    return open.lane.send(command);
  }

  /** Ends the lanes to those who do not hold their partition any more. Of those who are gone nothing is awaited. */
  retain(holders: readonly (InstanceAddress | undefined)[]): void {
    const living = new Set(holders.map((holder) => holder?.token));
    for (const [key, { address, partition, lane }] of this.#lanes) {
      if (holders[partition]?.token === address.token) continue;
      this.#lanes.delete(key);
      lane.close({ abort: !living.has(address.token) });
    }
  }

  async close(): Promise<void> {
    this.retain([]);
    await this.#agent.close();
  }

  #open(key: string, address: ReachableInstance, partition: number): OpenLane {
    const { log, now, platform } = this.options;
    const lane = new ForwardLane({
      ...{ partition, now, newId: () => platform.randomId(), budget: this.#budget },
      ...{ send: (body, signal) => this.#post(address, body, signal) },
      onTrouble: (error) => log.warn('instance-unreachable', { instance: address.url, partition, ...factsOf(error) }),
    });
    const open = { address, partition, lane };
    this.#lanes.set(key, open);
    return open;
  }

  async #post(address: ReachableInstance, body: string, lane: AbortSignal): Promise<readonly ForwardedAnswer[]> {
    const { platform, answeredWithinMs: ms = ANSWERED_WITHIN_MS } = this.options;
    const late = (): Error => new InstanceSilent(ms);
    return await abortAfter({ platform, ms, late, signal: lane }, (signal) => this.#answered(address, body, signal));
  }

  async #answered({ url, token }: ReachableInstance, body: string, signal: AbortSignal): Promise<ForwardedAnswer[]> {
    const { platform, secret } = this.options;
    const nonce = platform.randomId();
    const proof = requestProof(secret, { token, sentAt: platform.now(), nonce, body });
    const { statusCode, headers, ...answer } = await request(`${url}${FORWARD_PATH}`, {
      ...{ method: 'POST', dispatcher: this.#agent, body, signal },
      headers: { 'content-type': FORWARD_TYPE, [PROOF_HEADER]: proof },
    });
    const text = await textWithin(answer.body, MOST_BYTES_OF_ANSWER);
    if (statusCode !== 200) throw new InstanceRefused(statusCode);
    if (!isAnswerProof(secret, String(headers[PROOF_HEADER]), { nonce, answer: text }))
      throw new EsError('instance-not-proved', 'the answer is not of an instance that knows INSTANCE_SECRET', true);
    return forwardedAnswers.parse(JSON.parse(text));
  }
}

/** @throws EsError where it is longer */
const textWithin = async (body: AsyncIterable<Buffer>, most: number): Promise<string> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > most) throw new EsError('instance-refused', `the answer has more than ${most} bytes`, true);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};
