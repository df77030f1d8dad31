import { CollectionLost, EsError } from '@ledgerline/es-core';
import { DocumentParked, TooManyParked } from '@ledgerline/es-core/generations';
import type { Log } from '@ledgerline/es-nest';
import { factsOf } from '@ledgerline/es-nest/extension';

/** A partition that waits because too much is parked, or has stopped for good, is for a person to look at. */
export const reportTrouble = (log: Log, error: unknown): void => {
  if (error instanceof TooManyParked) log.error('projection-waits', factsOf(error));
  else if (error instanceof DocumentParked) log.warn(error.code, factsOf(error));
  else log[passes(error) ? 'warn' : 'error']('projection-trouble', factsOf(error));
};

/** Of a collection that was dropped, another one is filled. */
const passes = (error: unknown): boolean =>
  error instanceof CollectionLost || (error instanceof EsError && error.retriable);
