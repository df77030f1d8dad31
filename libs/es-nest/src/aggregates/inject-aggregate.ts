import type { AnyAggregate, CommandHandler } from '@ledgerline/es-core';
import { Inject } from '@nestjs/common';

/** What handles the aggregate's commands, and answers what its instances are. */
export type AggregateOf<A extends AnyAggregate> = Pick<
  CommandHandler<A>,
  'category' | 'handle' | 'send' | 'stateOf' | 'load' | 'ensureUpToDate'
>;

/** A text, so that Nest's errors can be read, and two copies of the library agree. */
export const aggregateToken = ({ category }: Pick<AnyAggregate, 'category'>): string => `es:aggregate:${category}`;

/** `@InjectAggregate(parcel) private readonly parcels: AggregateOf<typeof parcel>`, of a module that has it among its features. */
export const InjectAggregate = (aggregate: Pick<AnyAggregate, 'category'>): ParameterDecorator & PropertyDecorator =>
  Inject(aggregateToken(aggregate));
