import { EsError, formatPosition, type Position } from '@ledgerline/es-core';

/** Whoever was asked did not come to the position in time. It is behind, or the position does not exist. */
export class PositionNotReached extends EsError {
  constructor(reader: string, position: Position, withinMs: number) {
    super(
      'position-not-reached',
      `${reader} has not applied ${formatPosition(position)} within ${withinMs / 1000} s; ask again`,
      true,
      { reader, ...position },
    );
  }
}
