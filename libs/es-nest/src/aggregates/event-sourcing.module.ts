import type { AnyAggregate } from '@ledgerline/es-core';
import type { DynamicModule } from '@nestjs/common';
import { HostedAggregates } from './hosted-aggregates.js';
import { aggregateToken } from './inject-aggregate.js';

/** What one feature of an application uses of event sourcing. */
export class EventSourcingFeature {}

export class EventSourcingModule {
  /** Lets the importing module inject these aggregates; several modules may use the same one. */
  static forFeature({ aggregates }: { readonly aggregates: readonly AnyAggregate[] }): DynamicModule {
    const providers = aggregates.map((aggregate) => ({
      provide: aggregateToken(aggregate),
      useFactory: (hosted: HostedAggregates) => hosted.host(aggregate),
      inject: [HostedAggregates],
    }));
    return { module: EventSourcingFeature, providers, exports: providers.map(({ provide }) => provide) };
  }
}
