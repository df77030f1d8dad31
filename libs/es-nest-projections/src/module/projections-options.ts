import { checkedOptions } from '@ledgerline/es-core/adapter';
import { z } from 'zod';

const YEAR_MS = 31_536_000_000;

const whole = (least: number, most: number) => {
  const error = `must be a whole number from ${least} to ${most}`;
  return z.int({ error }).min(least, { error }).max(most, { error });
};

const schema = z.strictObject({
  /** So many documents of a read model may be parked; past it the partition waits. */
  parkedLimit: whole(0, 1_000_000).default(1_000),
  /** How long the generation of a read model that was live before is kept for a rollback. */
  keepPreviousMs: whole(0, YEAR_MS).default(86_400_000),
  /** Streams that one instance keeps open. */
  maxStreams: whole(0, 100_000).default(1_000),
  /** How long after the start a topic that is not there keeps the service from being ready; afterwards it is degraded. */
  topicsWithinMs: whole(0, YEAR_MS).default(30_000),
  /** What one view of the past may cost. */
  asOf: z
    .strictObject({
      maxEvents: whole(1, 1_000_000_000).default(5_000_000),
      withinMs: whole(0, 3_600_000).default(120_000),
    })
    .prefault({}),
  /** How often a sample of a read model is held against the log (0: never), and how large it is. */
  verification: z
    .strictObject({ everyMs: whole(0, YEAR_MS).default(600_000), percent: whole(1, 100).default(1) })
    .prefault({}),
});

/** Nothing has to be given. Times are in milliseconds. */
export type ProjectionsOptions = z.input<typeof schema>;
export type ProjectionsSettings = z.output<typeof schema>;

/** The options with what was not given. @throws OptionsInvalid */
export const settingsOf = (options: ProjectionsOptions): ProjectionsSettings =>
  checkedOptions('ProjectionsModule', schema, options);
