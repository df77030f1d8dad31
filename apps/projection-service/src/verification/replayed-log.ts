import {
  type DomainEvent,
  eventsIn,
  type JsonObject,
  LogDiverged,
  partitionKey,
  type PartitionStatus,
  type ProjectionRunnerOptions,
  type Recorded,
} from '@ledgerline/es-core';
import { partitionChunks } from '../read-models/partition-chunks.js';

export interface ReplayOptions<E extends DomainEvent, Document extends JsonObject> extends Pick<
  ProjectionRunnerOptions<E, Document>,
  'projection' | 'sources' | 'store' | 'platform'
> {
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

/** The events of each partition up to an ordinal, in order; a partition may be read while another one is. */
export const partitionEvents = <E extends DomainEvent, Document extends JsonObject>(
  options: ReplayOptions<E, Document>,
  endOf: (key: string) => number,
): AsyncGenerator<readonly Recorded<E>[]>[] =>
  options.sources.flatMap((source) =>
    Array.from({ length: source.log.partitions }, (_, partition) =>
      eventsUpTo(options, { source, partition, end: endOf(partitionKey(source.log.topic, partition)) }),
    ),
  );

async function* eventsUpTo<E extends DomainEvent, Document extends JsonObject>(
  { platform, signal, rest }: ReplayOptions<E, Document>,
  { source, partition, end }: { source: ReplayOptions<E, Document>['sources'][number]; partition: number; end: number },
): AsyncGenerator<readonly Recorded<E>[]> {
  const place = { topic: source.log.topic, partition };
  let counted = 0;
  if (end === 0) return;
  for await (const { commits, state } of partitionChunks({ source, partition, platform, rest })) {
    signal?.throwIfAborted();
    counted = state.ordinal;
    yield eventsIn(commits, source.catalogue, place).filter(({ context }) => context.ordinal <= end);
    if (counted >= end) return;
  }
  throw new LogDiverged(
    place.topic,
    partition,
    `${counted} records count, but a read model has applied ${end}: the log lost its end or was edited`,
    { counted, applied: end },
  );
}
