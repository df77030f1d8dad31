import type { DomainEvent } from '../aggregate/decision.js';
import { formatPosition } from '../position.js';
import type { Projection } from '../projection/projection.js';
import type { JsonObject } from '../read-models/read-model-store.port.js';

/** Names an event at a document, for `withoutDiscarded`. */
export const discardKey = (position: string, document: string): string => `${position} ${document}`;

/** The projection without what was discarded by now: such an event leaves the document as it is. */
export const withoutDiscarded = <E extends DomainEvent, Document extends JsonObject>(
  projection: Projection<E, Document>,
  discarded: () => ReadonlySet<string>,
): Projection<E, Document> => ({
  name: projection.name,
  revision: projection.revision,
  topics: projection.topics,
  indexes: projection.indexes,
  ...(projection.parts !== undefined && { parts: projection.parts }),
  documents: (event) => projection.documents(event),
  project: (document, event, id) =>
    discarded().size > 0 && discarded().has(discardKey(formatPosition(event.context), id))
      ? document
      : projection.project(document, event, id),
});
