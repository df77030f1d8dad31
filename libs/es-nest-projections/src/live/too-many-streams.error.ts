import { EsError } from '@ledgerline/es-core';

/** As many streams are open as one instance of the service keeps. */
export class TooManyStreams extends EsError {
  constructor(limit: number) {
    super(
      'too-many-streams',
      `${limit} streams are open, and the option maxStreams allows no more; try again later`,
      true,
      {
        limit,
      },
    );
  }
}
