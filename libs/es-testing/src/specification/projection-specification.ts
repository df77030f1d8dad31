import type { Projection, Recorded } from '@ledgerline/es-core';
import { foldDocuments } from './fold-documents.js';
import { assertSame } from './same.js';

export interface ProjectionSpecification<Document extends object> {
  /**
   * The documents that the events fold into, by id as the store has them: where the projection is partitioned,
   * `<id>#<topic>/<partition>`. Undefined: there is no such document. Others may be there.
   */
  then(documents: Readonly<Record<string, Document | undefined>>): void;
  /** All documents, and no others. */
  thenOnly(documents: Readonly<Record<string, Document>>): void;
}

/** Given/then for a projection: `givenProjection(parcelPage, recorded(created)).then({ 'parcel-1': page })`. What it is given is frozen. */
export const givenProjection = <Document extends object>(
  projection: Projection<Document>,
  ...events: readonly Recorded[]
): ProjectionSpecification<Document> => {
  const documents = foldDocuments(projection, events);
  return {
    then(expected) {
      for (const [id, document] of Object.entries(expected))
        assertSame(documents.get(id), document, `${id} is another document`);
    },
    thenOnly(expected) {
      assertSame(Object.fromEntries(documents), expected, 'the events fold into other documents');
    },
  };
};
