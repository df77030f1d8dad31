import { mayHoldSealed } from '@ledgerline/es-core/privacy';
import type { FastifyInstance } from 'fastify';
import type { ServicePersonalData } from './service-personal-data.js';

/** In every answer the personal fields are in plain text; what is asked for as it is stored stays as it is stored. */
export const openPersonalFields = (
  fastify: Pick<FastifyInstance, 'addHook'>,
  personal: Pick<ServicePersonalData, 'openIn'>,
): void => {
  fastify.addHook('onSend', (request, _reply, payload, done) => {
    if (typeof payload !== 'string' || !mayHoldSealed(payload) || isRaw(request.query)) return done(null, payload);
    personal.openIn(payload).then((opened) => done(null, opened), done);
  });
};

const isRaw = (query: unknown): boolean =>
  typeof query === 'object' && query !== null && 'raw' in query && query.raw === 'true';
