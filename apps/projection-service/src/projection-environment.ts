import type { ProjectionsOptions } from '@ledgerline/es-nest-projections';
import { environment, wholeNumber } from '@ledgerline/shop-environment';
import type { z } from 'zod';

export const projectionEnvironment = environment.extend({
  /** So many documents of a read model may be parked; past it the partition waits. */
  PARKED_LIMIT: wholeNumber(0, 1_000_000).default(1_000),
  /** How long the generation of a read model that was live before is kept for a rollback. */
  KEEP_PREVIOUS_S: wholeNumber(0, 31_536_000).default(86_400),
  /** Streams that one instance keeps open. */
  MAX_STREAMS: wholeNumber(0, 100_000).default(1_000),
  /** Events that one view of the past may read. */
  AS_OF_MAX_EVENTS: wholeNumber(1, 1_000_000_000).default(5_000_000),
  AS_OF_WITHIN_S: wholeNumber(1, 3_600).default(120),
  /** How often a sample of a read model is held against the log; 0: never. */
  VERIFY_SAMPLE_EVERY_S: wholeNumber(0, 31_536_000).default(600),
  VERIFY_SAMPLE_PERCENT: wholeNumber(1, 100).default(1),
});

export type ProjectionConfig = z.output<typeof projectionEnvironment>;

export const projectionsOptions = (config: ProjectionConfig): ProjectionsOptions => ({
  parkedLimit: config.PARKED_LIMIT,
  keepPreviousMs: config.KEEP_PREVIOUS_S * 1_000,
  maxStreams: config.MAX_STREAMS,
  asOf: { maxEvents: config.AS_OF_MAX_EVENTS, withinMs: config.AS_OF_WITHIN_S * 1_000 },
  verification: { everyMs: config.VERIFY_SAMPLE_EVERY_S * 1_000, percent: config.VERIFY_SAMPLE_PERCENT },
});
