import type { JsonObject, Projection, Recorded } from '@ledgerline/es-core';
import { checked, documentIds, foldDocument } from '@ledgerline/es-core/runtime';
import { frozen } from './same.js';

export type Documents<Document extends object> = ReadonlyMap<string, Document>;

/**
 * The documents that the events fold into, by id as the store has them; a document that was removed is not there.
 * @throws Error naming the document that is none by the projection's schema.
 */
export const foldDocuments = <Document extends object>(
  projection: Projection<Document>,
  events: readonly Recorded[],
): Documents<Document> => {
  const documents = new Map<string, JsonObject>();
  for (const event of events.map(frozen))
    for (const id of documentIds(projection, event)) {
      const document = foldDocument(projection, documents.get(id), { event, id });
      if (document) documents.set(id, frozen(document));
      else documents.delete(id);
    }
  for (const [id, document] of documents) requireDocument(projection, id, document);
  // The schema has said so.
  return documents as unknown as Documents<Document>;
};

const requireDocument = ({ name, document: schema }: Projection, id: string, document: JsonObject): void => {
  const { issues } = checked(schema, document, `the document of ${name}`);
  if (issues) throw new Error(`${id} is no document of ${name}: ${issues.map(({ message }) => message).join('; ')}`);
};
