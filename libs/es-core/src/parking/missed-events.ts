import { ChainReader } from '../chain/chain-reader.js';
import type { ReaderState } from '../chain/reader-state.js';
import { LogDiverged, Unreadable } from '../errors.js';
import type { Platform } from '../platform.js';
import { partitionKey } from '../position.js';
import { foldedEvents } from '../projection/folded-events.js';
import { documentIds, type Projection } from '../projection/projection.js';
import type { Source } from '../projection/projection-runner.js';
import type { Recorded } from '../recorded-event.js';

export interface MissedFrom {
  readonly projection: Projection;
  readonly sources: readonly Source[];
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
export interface MissedChunk {
  readonly events: readonly Recorded[];
  readonly from: ReaderState;
}

/** What the document misses, read from the log, in order. @throws LogDiverged, Unreadable */
export async function* missedEvents(
  { projection, sources, platform }: MissedFrom,
  { id, key, from: state, after, upTo }: Missed,
): AsyncGenerator<MissedChunk> {
  const { source, partition } = placeOf(sources, key);
  const { log } = source;
  const reader = new ChainReader({ log, partition, platform, state, follow: false });
  let from = state;
  const isMissed = (event: Recorded): boolean =>
    event.context.ordinal > after && event.context.ordinal <= upTo && documentIds(projection, event).includes(id);
  try {
    while (reader.state.ordinal < upTo) {
      const progress = await reader.next();
      if (!progress) throw new LogDiverged(log.topic, partition, `it ends before ${upTo}, which was read from it`);
      if (progress.state.ordinal <= upTo) from = progress.state;
      const events = foldedEvents(projection, progress.commits, { topic: log.topic, partition });
      yield { events: events.filter(isMissed), from };
    }
  } finally {
    await reader.close();
  }
}

const placeOf = (sources: readonly Source[], key: string) => {
  for (const source of sources)
    for (let partition = 0; partition < source.log.partitions; partition += 1)
      if (partitionKey(source.log.topic, partition) === key) return { source, partition };
  throw new Unreadable(`the partition ${key} of a parked document`, { key });
};
