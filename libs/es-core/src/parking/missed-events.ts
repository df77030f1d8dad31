import { ChainReader } from '../chain/chain-reader.js';
import type { ReaderState } from '../chain/reader-state.js';
import type { DomainEvent } from '../aggregate/decision.js';
import { LogDiverged, Unreadable } from '../errors.js';
import type { Platform } from '../platform.js';
import { partitionKey } from '../position.js';
import { documentIds, type Projection } from '../projection/projection.js';
import type { Source } from '../projection/projection-runner.js';
import type { JsonObject } from '../read-models/read-model-store.port.js';
import type { Recorded } from '../recorded-event.js';
import { eventsIn } from '../subscription/messages.js';

export interface MissedFrom<E extends DomainEvent, Document extends JsonObject> {
  readonly projection: Projection<E, Document>;
  readonly sources: readonly Source<E>[];
  readonly platform: Platform;
}

/** What a document misses of one partition. */
export interface Missed {
  readonly id: string;
  /** `parcels.events/3` */
  readonly key: string;
  /** Reading from here, all of it comes. */
  readonly from: ReaderState;
  /** The last event that it does not miss, by its ordinal. */
  readonly after: number;
  /** The last one that it misses. */
  readonly upTo: number;
}

/** A part of what is missed, and where reading may begin for all that lies behind `upTo`. */
export interface MissedChunk<E extends DomainEvent> {
  readonly events: readonly Recorded<E>[];
  readonly from: ReaderState;
}

/** What the document misses, read from the log, in order. @throws LogDiverged, Unreadable */
export async function* missedEvents<E extends DomainEvent, Document extends JsonObject>(
  { projection, sources, platform }: MissedFrom<E, Document>,
  { id, key, from: state, after, upTo }: Missed,
): AsyncGenerator<MissedChunk<E>> {
  const { source, partition } = placeOf(sources, key);
  const { log, catalogue } = source;
  const reader = new ChainReader({ log, partition, platform, state, follow: false });
  let from = state;
  const isMissed = (event: Recorded<E>): boolean =>
    event.context.ordinal > after && event.context.ordinal <= upTo && documentIds(projection, event).includes(id);
  try {
    while (reader.state.ordinal < upTo) {
      const progress = await reader.next();
      if (!progress) throw new LogDiverged(log.topic, partition, `it ends before ${upTo}, which was read from it`);
      if (progress.state.ordinal <= upTo) from = progress.state;
      yield { events: eventsIn(progress.commits, catalogue, { topic: log.topic, partition }).filter(isMissed), from };
    }
  } finally {
    await reader.close();
  }
}

const placeOf = <E extends DomainEvent>(sources: readonly Source<E>[], key: string) => {
  for (const source of sources)
    for (let partition = 0; partition < source.log.partitions; partition += 1)
      if (partitionKey(source.log.topic, partition) === key) return { source, partition };
  throw new Unreadable(`the partition ${key} of a parked document`, { key });
};
