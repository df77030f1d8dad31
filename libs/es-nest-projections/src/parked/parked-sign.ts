import { z } from 'zod';

/** Of a view: events that it should have seen could not be folded into it. Left out where it has seen all up to its position. */
export const parkedSign = z
  .literal(true)
  .optional()
  .describe('True where something of this is parked, and so has not seen all up to `X-Position`; see …/parked.');

export interface ParkedSign {
  readonly parked?: true;
}

export const signOf = (isParked: boolean): ParkedSign => (isParked ? { parked: true } : {});
