import { performance } from 'node:perf_hooks';
import type { NotForwarded, Outcome, Platform, Preference } from '@ledgerline/es-core';
import type { CommandForwarder } from './command-forwarder.js';
import type { Forwarded } from './forwarded-answer.js';
import type { Instances } from './instances.js';
import type { PreferredPartitions } from './preferred-partitions.js';

export interface CommandHandoverOptions {
  readonly instances: Pick<Instances, 'isInformed'>;
  readonly preferred: Pick<PreferredPartitions, 'isMine' | 'holder'>;
  readonly forwarder: Pick<CommandForwarder, 'send'>;
  /** Of this instance. */
  readonly token: string;
  readonly platform: Pick<Platform, 'setTimer'>;
  readonly onChange: Preference['onChange'];
}

/** So long commands wait for the brokers to say who there is. Then they are decided here: that is always safe. */
const INFORMED_WITHIN_MS = 3_000;

/** Says who decides a command: this instance, or the preferred writer of its partition, where that is within reach. */
export class CommandHandover {
  #uninformedUntil: number | undefined;

  constructor(private readonly options: CommandHandoverOptions) {}

  /** As `AggregateStore.forward`. */
  forward(partition: number, command: Forwarded): Promise<Outcome | NotForwarded> | undefined {
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
    return this.options.preferred.isMine(partition) ? undefined : this.forward(partition, { catchUp: partition });
  }

  #send(partition: number, command: Forwarded): Promise<Outcome | NotForwarded> | undefined {
    const { preferred, forwarder, token } = this.options;
    const holder = preferred.holder(partition);
    return holder && holder.token !== token ? forwarder.send(holder, partition, command) : undefined;
  }

  async #sendOnceInformed(partition: number, command: Forwarded): Promise<Outcome | NotForwarded> {
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
