import { EsError, formatPosition, type Position } from '@ledgerline/es-core';

/** The read model did not come to the position in time. It is behind, or the position does not exist. */
export class PositionNotReached extends EsError {
  constructor(readModel: string, position: Position, withinMs: number) {
    super(
      'position-not-reached',
      `${readModel} has not applied ${formatPosition(position)} within ${withinMs / 1000} s; ask again`,
      true,
      { readModel, ...position },
    );
  }
}
