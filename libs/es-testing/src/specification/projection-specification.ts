import type { DomainEvent, JsonObject, Projection, Recorded } from '@ledgerline/es-core';
import { type Documents, foldDocuments } from './fold-documents.js';
import { assertSame } from './same.js';

export interface DocumentSpecification<Document extends JsonObject> {
  /**
   * The document that the events fold into; undefined when there must be none. The id is that of the store: where the
   * projection folds in parts, `<id>#<topic>/<partition>`.
   */
  thenDocument(id: string, document: Document | undefined): DocumentSpecification<Document>;
  /** All documents, and no others. */
  thenDocuments(documents: Readonly<Record<string, Document>>): void;
}

export interface ProjectionSpecification<E extends DomainEvent, Document extends JsonObject> {
  given(...events: readonly Recorded<E>[]): DocumentSpecification<Document>;
}

/** Given/then for a projection: `given(recorded(created)).thenDocument('parcel-1', page)`. What it is given is frozen. */
export const projecting = <E extends DomainEvent, Document extends JsonObject>(
  projection: Projection<E, Document>,
): ProjectionSpecification<E, Document> => ({
  given: (...events) => documentsAre(foldDocuments(projection, events)),
});

const documentsAre = <Document extends JsonObject>(
  documents: Documents<Document>,
): DocumentSpecification<Document> => ({
  thenDocument(id, document) {
    assertSame(documents.get(id), document, `${id} is another document`);
    return this;
  },
  thenDocuments(expected) {
    assertSame(Object.fromEntries(documents), expected, 'the events fold into other documents');
  },
});
