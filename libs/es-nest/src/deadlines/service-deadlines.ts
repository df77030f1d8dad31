import { DeadlineRunner, hasDeadlines } from '@ledgerline/es-core/runtime';
import { Inject, Injectable } from '@nestjs/common';
import { HostedAggregates } from '../aggregates/hosted-aggregates.js';
import type { ManagedResource } from '../lifecycle/managed-resource.js';
import { factsOf, type Log } from '../logging/log.js';
import { Coordinator } from '../lifecycle/coordinator.js';
import { LOG } from '../tokens.js';
import { ServiceEventStore } from '../store/service-event-store.js';

/** Gives the commands that the service's aggregates have deadlines for. */
@Injectable()
export class ServiceDeadlines implements ManagedResource {
  #runner: DeadlineRunner | undefined;

  constructor(
    private readonly store: ServiceEventStore,
    private readonly hosted: HostedAggregates,
    @Inject(LOG) private readonly logger: Log,
    coordinator: Coordinator,
  ) {
    coordinator.add(this, 'worker');
  }

  open(): Promise<void> {
    const { store, logger } = this;
    const aggregates = this.hosted.all.filter(({ aggregate }) => hasDeadlines(aggregate));
    if (aggregates.length === 0) return Promise.resolve();
    const { log, index, platform } = store;
    this.#runner = new DeadlineRunner({
      ...{ aggregates, log, index, store, platform },
      onRejected: ({ stream, command }, { code }) => logger.info('deadline-refused', { stream, command, code }),
      onTrouble: (error) => logger.warn('deadline-trouble', factsOf(error)),
    });
    this.#runner.start();
    return Promise.resolve();
  }

  async close(): Promise<void> {
    await this.#runner?.close();
  }

  get failure(): unknown {
    return this.#runner?.failure;
  }
}
