import type { FastifyInstance } from 'fastify';
import { positionsIn, textIn } from '../http/min-position.js';
import type { Position } from '@ledgerline/es-core';

export const REACTED_TO = 'X-Reacted-To';
const PARKED = 'X-Parked';
/** A header is no place for more. */
const MOST_NAMED = 20;

/**
 * A request with the header is dealt with once the service has reacted to all up to its positions, by whichever instance. Messages that
 * are parked on the way are named in `X-Parked`, for what they would have led to is not there.
 */
export const awaitReactions = (
  fastify: Pick<FastifyInstance, 'addHook'>,
  reactors: { reactedTo(positions: readonly Position[]): Promise<readonly string[]> },
): void => {
  fastify.addHook('preHandler', ({ headers, is404 }, reply, done) => {
    const text = textIn(headers, REACTED_TO);
    if (text === undefined || is404) return done();
    const reacted = async (): Promise<void> => {
      const parked = await reactors.reactedTo(positionsIn(text, REACTED_TO));
      if (parked.length > 0) void reply.header(PARKED, namesOf(parked));
    };
    reacted().then(() => done(), done);
  });
};

const namesOf = (ids: readonly string[]): string => {
  const left = ids.length - MOST_NAMED;
  return [...ids.slice(0, MOST_NAMED), ...(left > 0 ? [`${left} more`] : [])].join(', ');
};
