import { partitionKey, type Recorded } from '@ledgerline/es-core';
import {
  foldedEvents,
  LogDiverged,
  type PartitionStatus,
  type ProjectionRunnerOptions,
  type Source,
} from '@ledgerline/es-core/runtime';
import { partitionChunks } from '../read-models/partition-chunks.js';

export interface ReplayOptions extends Pick<ProjectionRunnerOptions, 'projection' | 'sources' | 'store' | 'platform'> {
  readonly collection: string;
  /** How far the projection says it has come. */
  readonly status: () => readonly PartitionStatus[];
  /** Ends the replay by what it was aborted with. */
  readonly signal?: AbortSignal;
  /** How long to rest after each chunk of the log, as a multiple of what it took. */
  readonly rest?: () => number;
}

/** What the projection says it has applied, per `topic/partition`. */
export const appliedBy = (status: readonly PartitionStatus[]): ReadonlyMap<string, number> =>
  new Map(status.map(({ topic, partition, ordinal }) => [partitionKey(topic, partition), ordinal]));

/** How far a partition is replayed. */
export interface ReplayEnd {
  /** The last ordinal; where the log ends before, its end. */
  readonly ordinal: number;
  /** What the log holds for certain. */
  readonly applied: number;
}

/**
 * The events of each partition up to its end, in order; a partition may be read while another one is.
 * @throws LogDiverged when the log does not hold what was applied.
 */
export const partitionEvents = (
  options: ReplayOptions,
  endOf: (key: string) => ReplayEnd,
): AsyncGenerator<readonly Recorded[]>[] =>
  options.sources.flatMap((source) =>
    Array.from({ length: source.log.partitions }, (_, partition) =>
      eventsUpTo(options, { source, partition, end: endOf(partitionKey(source.log.topic, partition)) }),
    ),
  );

async function* eventsUpTo(
  { projection, platform, signal, rest }: ReplayOptions,
  { source, partition, end }: { source: Source; partition: number; end: ReplayEnd },
): AsyncGenerator<readonly Recorded[]> {
  const place = { topic: source.log.topic, partition };
  const { ordinal: last, applied } = end;
  let counted = 0;
  if (last === 0) return;
  for await (const { commits, state } of partitionChunks({ source, partition, platform, rest })) {
    signal?.throwIfAborted();
    counted = state.ordinal;
    yield foldedEvents(projection, commits, place).filter(({ context }) => context.ordinal <= last);
    if (counted >= last) return;
  }
  // A document may say by itself that it has applied more, when somebody changed it: then it differs from what the log gives.
  if (counted >= applied) return;
  throw new LogDiverged(
    place.topic,
    partition,
    `${counted} records count, but a read model has applied ${applied}: the log lost its end or was edited`,
    { counted, applied },
  );
}
