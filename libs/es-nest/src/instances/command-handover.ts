import { performance } from 'node:perf_hooks';
import { EsError, type Platform } from '@ledgerline/es-core';
import type { Instances } from '@ledgerline/es-core/adapter';
import type { Preference } from '@ledgerline/es-core/runtime';
import type { CommandForwarder } from './command-forwarder.js';
import type { Forwarded, HandedOver } from './forwarded-answer.js';
import type { PreferredPartitions } from './preferred-partitions.js';

export interface CommandHandoverOptions {
  readonly instances: Pick<Instances, 'isInformed'>;
  readonly preferred: Pick<PreferredPartitions, 'isMine' | 'holder'>;
  /** Absent where nothing can be handed over. */
  readonly forwarder: Pick<CommandForwarder, 'send'> | undefined;
  /** Of this instance. */
  readonly token: string;
  readonly platform: Pick<Platform, 'setTimer'>;
  readonly onChange: Preference['onChange'];
}

/** So long commands wait for the brokers to say who there is. Then they are decided here: that is always safe. */
const INFORMED_WITHIN_MS = 3_000;

/** The instances of the service have no secret by which they would know each other: then one of them writes, and it is another one. */
export class AnotherInstanceWrites extends EsError {
  constructor() {
    const how = 'give all of them the same INSTANCE_SECRET for several to write';
    super('another-instance-writes', `another instance of this service is the one that writes: ${how}`, true);
  }
}

/** Says who decides a command: this instance, or the preferred writer of its partition, where that is within reach. */
export class CommandHandover {
  #uninformedUntil: number | undefined;

  constructor(private readonly options: CommandHandoverOptions) {}

  /** What came of handing it over; undefined where it is clear at once that it is decided here. @throws AnotherInstanceWrites */
  forward(partition: number, command: Forwarded): Promise<HandedOver> | undefined {
    // An instance that was halted, or lost the brokers, may take itself for the preferred one of what others have by now.
    if (!this.options.instances.isInformed) return this.#sendOnceInformed(partition, command);
    this.#uninformedUntil = undefined;
    return this.#send(partition, command);
  }

  /**
   * Resolves when the preferred writer of the partition, where that is another instance within reach, has folded what was
   * written there: it answers from its fold without looking.
   */
  announce(partition: number): Promise<unknown> | undefined {
    const { preferred, forwarder } = this.options;
    return !forwarder || preferred.isMine(partition) ? undefined : this.forward(partition, { catchUp: partition });
  }

  #send(partition: number, command: Forwarded): Promise<HandedOver> | undefined {
    const { preferred, forwarder, token } = this.options;
    const { url, ...holder } = preferred.holder(partition) ?? { token };
    if (holder.token === token) return undefined;
    return forwarder && url !== undefined
      ? forwarder.send({ ...holder, url }, partition, command)
      : Promise.reject(new AnotherInstanceWrites());
  }

  async #sendOnceInformed(partition: number, command: Forwarded): Promise<HandedOver> {
    await this.#informed();
    return (await this.#send(partition, command)) ?? { status: 'not-forwarded' };
  }

  /** The time is that of the whole gap: whoever comes later waits for the rest of it. */
  async #informed(): Promise<void> {
    const { instances, platform, onChange } = this.options;
    this.#uninformedUntil ??= performance.now() + INFORMED_WITHIN_MS;
    const left = this.#uninformedUntil - performance.now();
    if (left <= 0) return;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        cancel();
        stopListening();
        resolve();
      };
      const cancel = platform.setTimer(left, end);
      const stopListening = onChange(() => instances.isInformed && end());
    });
  }
}
