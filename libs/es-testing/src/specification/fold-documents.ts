import { documentIds, type DomainEvent, type JsonObject, type Projection, type Recorded } from '@ledgerline/es-core';
import { frozen } from './same.js';

export type Documents<Document extends JsonObject> = ReadonlyMap<string, Document>;

/** The documents that the events fold into, by id as the store has them; a document that was removed is not there. */
export const foldDocuments = <E extends DomainEvent, Document extends JsonObject>(
  projection: Projection<E, Document>,
  events: readonly Recorded<E>[],
): Documents<Document> => {
  const documents = new Map<string, Document>();
  for (const event of events.map(frozen))
    for (const id of documentIds(projection, event)) {
      const document = projection.project(documents.get(id), event, id);
      if (document) documents.set(id, frozen(document));
      else documents.delete(id);
    }
  return documents;
};
