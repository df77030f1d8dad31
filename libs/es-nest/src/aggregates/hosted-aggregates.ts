import { type AnyAggregate, CommandHandler } from '@ledgerline/es-core';
import { Inject, Injectable } from '@nestjs/common';
import type { EventSourcingSettings } from '../options/event-sourcing-options.js';
import { ServicePersonalData } from '../personal/service-personal-data.js';
import { ServiceEventStore } from '../store/service-event-store.js';
import { OPTIONS } from '../tokens.js';
import { DeclaredAggregates } from './declared-aggregates.js';

export interface HostedAggregate {
  readonly aggregate: AnyAggregate;
  readonly handler: CommandHandler<AnyAggregate>;
}

/** What handles the commands of the application's aggregates. */
@Injectable()
export class HostedAggregates {
  readonly #hosted = new Map<AnyAggregate, CommandHandler<AnyAggregate>>();

  constructor(
    private readonly declared: DeclaredAggregates,
    private readonly store: ServiceEventStore,
    private readonly personal: ServicePersonalData,
    @Inject(OPTIONS) private readonly options: EventSourcingSettings,
  ) {}

  get all(): readonly HostedAggregate[] {
    return [...this.#hosted].map(([aggregate, handler]) => ({ aggregate, handler }));
  }

  /** The same handler for the same aggregate. @throws the errors of `DeclaredAggregates.add`, Error for a setting that is not there */
  host<A extends AnyAggregate>(aggregate: A): CommandHandler<A> {
    this.declared.add(aggregate);
    const { store, personal } = this;
    const { settings } = this.options;
    const known = this.#hosted.get(aggregate);
    // Kept by the value itself, so it is of this one's type.
    if (known) return known as unknown as CommandHandler<A>;
    const handler = new CommandHandler(aggregate, { store, platform: store.platform, settings, personal });
    this.#hosted.set(aggregate, handler as unknown as CommandHandler<AnyAggregate>);
    return handler;
  }
}
