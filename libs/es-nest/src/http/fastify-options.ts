import { ValidationFailed } from '@ledgerline/es-core';
import { NOT_KNOWN } from '@ledgerline/es-core/runtime';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyHttpOptions, FastifyInstance } from 'fastify';
import { HttpException } from '@nestjs/common';
import { ServiceNotReady } from '../lifecycle/service-not-ready.error.js';
import { requireExact } from '../json/require-exact.js';
import { textOf } from './body-text.js';
import { answerClientError } from './client-error.js';
import { problem, PROBLEM_TYPE, problemOf } from './problem.js';
import { READS } from './request-headers.js';

export const MEGABYTE = 1024 * 1024;

/** A stream's name is a category and an id of 128 characters; anything longer is refused by its own rule. */
const MAX_PARAM_LENGTH = 2_000;

/** A request has to be there within this time; of that, its headers. */
export const REQUEST_WITHIN_MS = 30_000;
const HEADERS_WITHIN_MS = 10_000;
const LATE_NOTICED_AFTER_MS = 1_000;

export const fastifyOptions: FastifyHttpOptions<Server> = {
  bodyLimit: MEGABYTE,
  requestTimeout: REQUEST_WITHIN_MS,
  http: { headersTimeout: HEADERS_WITHIN_MS, connectionsCheckingInterval: LATE_NOTICED_AFTER_MS },
  // What comes while the service ends is answered by `refuseWhileClosing`, in words.
  return503OnClosing: false,
  routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
  // Requests that fail before any route is known, and so before Nest.
  frameworkErrors: (error, _request, reply) => {
    const status = error.statusCode ?? 500;
    const answer = problemOf(new HttpException(error.message, status)) ?? problem(500, 'internal-error', 'bad request');
    reply.hijack();
    reply.raw.writeHead(answer.status, { 'content-type': PROBLEM_TYPE }).end(JSON.stringify(answer));
  },
  clientErrorHandler: answerClientError,
};

type Parsers = Pick<FastifyInstance, 'removeContentTypeParser' | 'addContentTypeParser'>;

/** JSON, exactly as it was sent; any type that nobody else takes is refused as such, and so is text that is not UTF-8. */
export const parseBodies = (fastify: Parsers): void => {
  fastify.removeContentTypeParser(['text/plain', 'application/json']);
  fastify.addContentTypeParser<Buffer>(
    'application/json',
    { parseAs: 'buffer', bodyLimit: MEGABYTE },
    (request, body, done) => {
      const text = textOf(request.headers['content-type'], body);
      if (text instanceof Error) return done(text);
      try {
        // No body is none, whatever type it claims to be: the route's own schema says whether it needs one.
        done(null, text === '' ? undefined : exactJsonIn(text));
      } catch (error) {
        done(error as Error);
      }
    },
  );
};

/** @throws HttpException where it is no JSON, ValidationFailed where some of it would be changed */
const exactJsonIn = (text: string): unknown => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new HttpException('the body must be JSON, and is not', 400, { cause });
  }
  requireExact(text);
  return value;
};

/** No write has query parameters: one that is there is a mistake that would otherwise go unnoticed. */
export const refuseQueriesOfWrites = (fastify: Pick<FastifyInstance, 'addHook'>): void => {
  fastify.addHook('preValidation', (request, _reply, done) => {
    const names = request.is404 || READS.has(request.method) ? [] : Object.keys(request.query ?? {});
    if (names.length === 0) done();
    else done(new ValidationFailed(names.map((field) => ({ field, rule: NOT_KNOWN }))));
  });
};

/** How often a service that ends looks for connections on which nothing is being answered any more. */
const LOOK_EVERY_MS = 50;

/**
 * A connection on which something is being answered when the service begins to end stays open behind it, for as long as its
 * client likes: it is closed once it is idle. One on which nothing was ever asked does not count as idle to Node.
 */
export const closeWhatBecomesIdle = (fastify: Pick<FastifyInstance, 'addHook' | 'server'>): void => {
  const { server } = fastify;
  const connections = new Set<Socket>();
  server.on('connection', (connection: Socket) => {
    connections.add(connection);
    connection.once('close', () => connections.delete(connection));
  });
  fastify.addHook('preClose', (done) => {
    const timer = setInterval(() => {
      server.closeIdleConnections();
      for (const connection of connections) if (connection.bytesRead === 0) connection.destroy();
    }, LOOK_EVERY_MS);
    server.once('close', () => clearInterval(timer));
    done();
  });
};

/** What still comes on an open connection is answered as a problem, and Fastify closes the connection behind it. */
export const refuseWhileClosing = (fastify: Pick<FastifyInstance, 'addHook'>): void => {
  let isClosing = false;
  fastify.addHook('preClose', (done) => {
    isClosing = true;
    done();
  });
  fastify.addHook('onRequest', (_request, _reply, done) =>
    done(isClosing ? new ServiceNotReady('stopping') : undefined),
  );
};
