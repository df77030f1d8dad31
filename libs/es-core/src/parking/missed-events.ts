import { ChainReader } from '../chain/chain-reader.js';
import type { DomainEvent } from '../decider.js';
import { LogDiverged, Unreadable } from '../errors.js';
import type { Platform } from '../platform.js';
import { partitionKey } from '../position.js';
import { documentIds, type Projection } from '../projection/projection.js';
import type { Source } from '../projection/projection-runner.js';
import type { JsonObject, Parked, StoredDocument } from '../read-models/read-model-store.port.js';
import type { Recorded } from '../recorded-event.js';
import { eventsIn } from '../subscription/messages.js';

export interface MissedFrom<E extends DomainEvent, Document extends JsonObject> {
  readonly projection: Projection<E, Document>;
  readonly sources: readonly Source<E>[];
  readonly platform: Platform;
}

/** What was not applied to the parked document, partition after partition, read from the log. @throws LogDiverged, Unreadable */
export const missedEvents = async <E extends DomainEvent, Document extends JsonObject>(
  options: MissedFrom<E, Document>,
  document: StoredDocument & { readonly parked: Parked },
): Promise<readonly Recorded<E>[]> => {
  const events: Recorded<E>[] = [];
  for (const key of Object.keys(document.parked.missed).sort())
    for (const event of await missedIn(options, document, key)) events.push(event);
  return events;
};

const missedIn = async <E extends DomainEvent, Document extends JsonObject>(
  { projection, sources, platform }: MissedFrom<E, Document>,
  { id, positions, parked }: StoredDocument & { readonly parked: Parked },
  key: string,
): Promise<readonly Recorded<E>[]> => {
  const { source, partition } = placeOf(sources, key);
  const [state, last] = [parked.from[key], parked.missed[key] ?? 0];
  if (!state) throw new Unreadable(`where reading of ${key} begins for the parked document ${id}`, { id, key });
  const { log, catalogue } = source;
  const reader = new ChainReader({ log, partition, platform, state, follow: false });
  const missed: Recorded<E>[] = [];
  try {
    while (reader.state.ordinal < last) {
      const progress = await reader.next();
      if (!progress) throw new LogDiverged(log.topic, partition, `it ends before ${last}, which was read from it`);
      for (const event of eventsIn(progress.commits, catalogue, { topic: log.topic, partition })) {
        const { ordinal } = event.context;
        const isMissed = ordinal > (positions[key] ?? 0) && ordinal <= last;
        if (isMissed && documentIds(projection, event).includes(id)) missed.push(event);
      }
    }
  } finally {
    await reader.close();
  }
  return missed;
};

const placeOf = <E extends DomainEvent>(sources: readonly Source<E>[], key: string) => {
  for (const source of sources)
    for (let partition = 0; partition < source.log.partitions; partition += 1)
      if (partitionKey(source.log.topic, partition) === key) return { source, partition };
  throw new Unreadable(`the partition ${key} of a parked document`, { key });
};
