import { ValidationFailed } from '@ledgerline/es-core';
import type { FastifyInstance } from 'fastify';

const rule = 'must be percent-encoded UTF-8';

/** What cannot be decoded Fastify takes for the text itself: a filter that nobody meant. */
export const refuseMalformedQueries = (fastify: Pick<FastifyInstance, 'addHook'>): void => {
  fastify.addHook('onRequest', ({ raw: { url = '' } }, _reply, done) => {
    const [, query = ''] = url.split(/\?(.*)/s);
    const malformed = query.includes('%') ? query.split('&').filter((parameter) => !isDecodable(parameter)) : [];
    if (malformed.length === 0) done();
    else done(new ValidationFailed(malformed.map((parameter) => ({ field: parameter.split('=')[0] ?? '', rule }))));
  });
};

const isDecodable = (text: string): boolean => {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false; // The one way to find out; there is nothing more to say of it.
  }
};
