import type { DomainEvent } from '../decider.js';
import type {
  DocumentWrite,
  JsonObject,
  Parked,
  ReadModelStore,
  StoredDocument,
} from '../read-models/read-model-store.port.js';
import type { Recorded } from '../recorded-event.js';
import { type MissedFrom, missedEvents } from './missed-events.js';
import { isParked, parkedEvent, reasonOf } from './park.js';

export interface Retry<E extends DomainEvent, Document extends JsonObject> extends MissedFrom<E, Document> {
  readonly store: ReadModelStore;
  readonly collection: string;
  readonly id: string;
}

/**
 * Folds what was not applied to a parked document, and lets it be folded on from there; what is missed meanwhile is folded as
 * well. Where the fold fails again it stays parked, with the newer reason. Answers the document as it is then; undefined
 * when there is none. Nothing happens to one that is not parked.
 * @throws LogDiverged, Unreadable when what was missed cannot be read any more.
 */
export const retryParked = async <E extends DomainEvent, Document extends JsonObject>(
  retry: Retry<E, Document>,
): Promise<StoredDocument | undefined> => {
  const { store, collection, id } = retry;
  for (;;) {
    const stored = (await store.load(collection, [id])).get(id);
    if (!isParked(stored)) return stored;
    const write = folded(retry, stored, await missedEvents(retry, stored));
    if ((await store.write(collection, [write])).length === 0) {
      const { expectedRevision, ...written } = write;
      return { ...written, revision: expectedRevision + 1 };
    }
  }
};

const folded = <E extends DomainEvent, Document extends JsonObject>(
  { projection, platform, id }: Retry<E, Document>,
  stored: StoredDocument & { readonly parked: Parked },
  events: readonly Recorded<E>[],
): DocumentWrite => {
  const { parked, revision } = stored;
  let document = stored.document as Document | undefined;
  for (const event of events)
    try {
      document = projection.project(document, event, id);
    } catch (error) {
      const again = { at: new Date(platform.now()).toISOString(), reason: reasonOf(error), event: parkedEvent(event) };
      const { document: last, positions } = stored;
      return { id, document: last, positions, expectedRevision: revision, parked: { ...parked, ...again } };
    }
  return { id, document, positions: { ...stored.positions, ...parked.missed }, expectedRevision: revision };
};
