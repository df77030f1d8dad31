import { EsError } from '@ledgerline/es-core';

/** Something was recorded of the document, and nothing of that could be folded: whether it is there cannot be said. */
export class NothingButParked extends EsError {
  constructor(projection: string, id: string) {
    super(
      'document-parked',
      `${id} of ${projection} is parked: an event could not be folded into it; a person has to retry or discard that, see …/parked`,
      true,
      { projection, id },
    );
  }
}
