import { EsError, formatPosition, type Position } from '@ledgerline/es-core';

/** The service did not deal with the position in time. It is behind, something does not work, or the position does not exist. */
export class NotReactedYet extends EsError {
  constructor(service: string, position: Position, withinMs: number) {
    super(
      'not-reacted-yet',
      `${service} has not dealt with ${formatPosition(position)} within ${withinMs / 1000} s; ask again, or see GET /reactors`,
      true,
      { service, ...position },
    );
  }
}
