import { EsError, ValidationFailed } from '@ledgerline/es-core';
import { HttpException } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { ONCE } from './request-metadata.js';

/** Node keeps so many unless it is told otherwise, and drops the rest without a word. */
const MOST_HEADERS = 2_000;

/** Methods whose bodies nobody reads, and which have a query instead. */
export const READS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Two of a name say two things, of which Node takes the first, or makes one text. */
const SINGLE = [
  ...['Idempotency-Key', 'If-Match', 'X-Actor', 'X-Correlation-Id', 'X-Causation-Id'],
  ...['Content-Type', 'Last-Event-ID'],
];
const SINGLE_NAMES: ReadonlyMap<string, string> = new Map(SINGLE.map((name) => [name.toLowerCase(), name]));

/** No header that says what a request means is lost or made into another one: 431 for too many, 400 for one that comes twice. */
export const refuseDoubtfulHeaders = (fastify: Pick<FastifyInstance, 'addHook' | 'server'>): void => {
  fastify.server.maxHeadersCount = 0;
  fastify.addHook('onRequest', ({ raw: { rawHeaders } }, _reply, done) => {
    if (rawHeaders.length > 2 * MOST_HEADERS)
      return done(new HttpException(`a request must have at most ${MOST_HEADERS} headers`, 431));
    const repeated = repeatedIn(rawHeaders);
    if (repeated.length === 0) done();
    else done(new ValidationFailed(repeated.map((field) => ({ field, rule: ONCE }))));
  });
};

/** Bodies are taken as they are: one that says that it has to be unpacked first is 415, before any of it is read. */
export const refuseCodedBodies = (fastify: Pick<FastifyInstance, 'addHook'>): void => {
  fastify.addHook('onRequest', ({ headers, is404 }, reply, done) => {
    const codings = headers['content-encoding']?.split(',') ?? [];
    if (is404 || codings.every(isIdentity)) return done();
    void reply.header('Accept-Encoding', 'identity');
    done(new EsError('unsupported-media-type', 'Content-Encoding must be identity or left out', false));
  });
};

/** A body of a media type that only one path takes is 415 on any other, before any of it is read, as one of a type that nobody takes. */
export const refuseElsewhere = (
  fastify: Pick<FastifyInstance, 'addHook'>,
  mediaTypes: readonly string[],
  path: string,
): void => {
  fastify.addHook('onRequest', ({ is404, mediaType = '', method, routeOptions }, _reply, done) => {
    if (is404 || READS.has(method) || routeOptions.url === path || !mediaTypes.includes(mediaType)) return done();
    done(new EsError('unsupported-media-type', `a body must be application/json here, not ${mediaType}`, false));
  });
};

const isIdentity = (coding: string): boolean => ['', 'identity'].includes(coding.trim().toLowerCase());

/** Names are at even places, values behind them. */
const repeatedIn = (rawHeaders: readonly string[]): string[] => {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = SINGLE_NAMES.get(rawHeaders[i]?.toLowerCase() ?? '');
    if (name === undefined) continue;
    if (seen.has(name)) repeated.add(name);
    seen.add(name);
  }
  return [...repeated];
};
