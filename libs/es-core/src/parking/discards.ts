import { formatPosition } from '../position.js';
import { documentId, type Folding, type Projection } from '../projection/projection.js';

/** Names an event at a document, for `withoutDiscarded`. */
export const discardKey = (position: string, document: string): string => `${position} ${document}`;

/** The projection without what was discarded by now: such an event leaves the document as it is. */
export const withoutDiscarded = (projection: Projection, discarded: () => ReadonlySet<string>): Projection => {
  const without = (folding: Folding): Folding => ({
    document: (event) => folding.document(event),
    fold: (document, event, id) => {
      const isDiscarded =
        discarded().size > 0 &&
        discarded().has(discardKey(formatPosition(event.context), documentId(projection, id, event.context)));
      return isDiscarded ? document : folding.fold(document, event, id);
    },
  });
  const on = Object.entries(projection.on).map(([type, folding]) => [type, without(folding)] as const);
  return { ...projection, on: Object.fromEntries(on) };
};
