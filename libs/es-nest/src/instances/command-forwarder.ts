import { EsError, type NotForwarded, type Outcome, type Platform } from '@ledgerline/es-core';
import { Agent, request } from 'undici';
import { factsOf, type Log } from '../logging/log.js';
import { FORWARD_PATH, TOKEN_HEADER } from './forward-path.js';
import { ForwardLane } from './forward-lane.js';
import type { Forwarded, ForwardedAnswer } from './forwarded-answer.js';
import type { InstanceAddress } from './instances.js';

/**
 * Longer than an instance that does not answer may go on believing that it is the preferred one, and leaving time to decide
 * a command here within the ten seconds that it has.
 */
const ANSWERED_WITHIN_MS = 6_000;
const CONNECTED_WITHIN_MS = 1_000;

export interface CommandForwarderOptions {
  readonly log: Pick<Log, 'warn'>;
  readonly now: () => number;
  readonly platform: Pick<Platform, 'randomId' | 'setTimer'>;
  /** 6,000 unless said otherwise. */
  readonly answeredWithinMs?: number;
}

interface OpenLane {
  readonly address: InstanceAddress;
  readonly partition: number;
  readonly lane: ForwardLane;
}

class InstanceSilent extends EsError {
  constructor(ms: number) {
    super('instance-silent', `the instance did not answer within ${ms} ms`, true, { ms });
  }
}

/** Hands commands over to other instances: a lane for each partition that somebody else is the preferred writer of. */
export class CommandForwarder {
  readonly #agent = new Agent({ connect: { timeout: CONNECTED_WITHIN_MS } });
  readonly #lanes = new Map<string, OpenLane>();

  constructor(private readonly options: CommandForwarderOptions) {}

  /** As `ForwardLane.send`. */
  send(address: InstanceAddress, partition: number, command: Forwarded): Promise<Outcome | NotForwarded> | undefined {
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

  #open(key: string, address: InstanceAddress, partition: number): OpenLane {
    const { log, now, platform } = this.options;
    const lane = new ForwardLane({
      ...{ partition, now, newId: () => platform.randomId() },
      ...{ send: (body, signal) => this.#post(address, body, signal) },
      onTrouble: (error) => log.warn('instance-unreachable', { instance: address.url, partition, ...factsOf(error) }),
    });
    const open = { address, partition, lane };
    this.#lanes.set(key, open);
    return open;
  }

  async #post(address: InstanceAddress, body: string, lane: AbortSignal): Promise<readonly ForwardedAnswer[]> {
    const { platform, answeredWithinMs = ANSWERED_WITHIN_MS } = this.options;
    // Not `AbortSignal.any` with a time-out: Node 20 collects that as garbage while it is waited for, and it never fires.
    const ending = new AbortController();
    const end = (): void => ending.abort();
    const cancel = platform.setTimer(answeredWithinMs, () => ending.abort(new InstanceSilent(answeredWithinMs)));
    lane.addEventListener('abort', end);
    try {
      return await this.#answered(address, body, ending.signal);
    } finally {
      cancel();
      lane.removeEventListener('abort', end);
    }
  }

  async #answered(
    { url, token }: InstanceAddress,
    body: string,
    signal: AbortSignal,
  ): Promise<readonly ForwardedAnswer[]> {
    const answer = await request(`${url}${FORWARD_PATH}`, {
      ...{ method: 'POST', dispatcher: this.#agent, body },
      headers: { 'content-type': 'application/json', [TOKEN_HEADER]: token },
      signal,
    });
    if (answer.statusCode === 200) return (await answer.body.json()) as readonly ForwardedAnswer[];
    await answer.body.dump();
    throw new EsError('instance-refused', `the instance answered ${answer.statusCode}`, true);
  }
}
