import { type AnyAggregate, CommandHandler } from '@ledgerline/es-core';
import { Inject, Injectable } from '@nestjs/common';
import { ServicePersonalData } from '../personal/service-personal-data.js';
import type { ServiceDefinition } from '../service-definition.js';
import { SERVICE } from '../service-tokens.js';
import { OwnEventStore } from '../store/own-event-store.js';

export interface HostedAggregate {
  readonly aggregate: AnyAggregate;
  readonly handler: CommandHandler<AnyAggregate>;
}

/** Every aggregate of the service, whichever modules use it. */
@Injectable()
export class HostedAggregates {
  readonly #hosted = new Map<string, HostedAggregate>();

  constructor(
    private readonly store: OwnEventStore,
    private readonly personal: ServicePersonalData,
    @Inject(SERVICE) private readonly service: ServiceDefinition,
  ) {}

  get all(): readonly HostedAggregate[] {
    return [...this.#hosted.values()];
  }

  /** The same handler for the same aggregate. @throws Error for another one of its category, or of another topic */
  host<A extends AnyAggregate>(aggregate: A): CommandHandler<A> {
    const { category, events } = aggregate;
    const hosted = this.#hosted.get(category);
    if (hosted && hosted.aggregate !== aggregate)
      throw new Error(`there are two aggregates of the category ${category}`);
    // One category has one aggregate, and this is it.
    if (hosted) return hosted.handler as unknown as CommandHandler<A>;
    if (events.topic !== this.store.topic)
      throw new Error(`${category} is stored in ${events.topic}; this service writes ${this.store.topic}`);
    const { store, personal } = this;
    const settings = this.service.settings ?? {};
    const handler = new CommandHandler(aggregate, { store, platform: store.platform, settings, personal });
    this.#hosted.set(category, { aggregate, handler: handler as unknown as CommandHandler<AnyAggregate> });
    return handler;
  }
}
