import { EsError } from '../errors.js';
import type { Parked } from '../read-models/read-model-store.port.js';
import { formatPosition } from '../position.js';

/** A fold could not take an event: the document is not folded on before it is retried. Everything else goes on. */
export class DocumentParked extends EsError {
  constructor(collection: string, id: string, parked: Parked, cause: unknown) {
    const position = formatPosition(parked.event);
    super(
      'document-parked',
      `the document ${id} of ${collection} is parked, because of ${position}: ${parked.reason}`,
      false,
      { collection, id, position },
      { cause },
    );
  }
}

/** So many documents are parked that this is no matter of single documents: the partition waits until there are fewer. */
export class TooManyParked extends EsError {
  constructor(collection: string, limit: number, cause: unknown) {
    super(
      'too-many-parked',
      `${collection} would have more than ${limit} parked documents; retry or discard some`,
      true,
      { collection, limit },
      { cause },
    );
  }
}
