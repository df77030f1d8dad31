import type { AnyAggregate, Projection } from '@ledgerline/es-core';

/** A service as the catalogue sees it. */
export interface CataloguedService {
  readonly name: string;
  readonly description: string;
  readonly aggregates: readonly AnyAggregate[];
  readonly commandsTopic?: string;
  readonly projections: readonly Projection[];
}
