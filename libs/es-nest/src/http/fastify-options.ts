import type { FastifyInstance, FastifyServerOptions } from 'fastify';
import { problem, PROBLEM_TYPE, problemOf } from './problem.js';
import { HttpException } from '@nestjs/common';

const MEGABYTE = 1024 * 1024;

/** A stream's name is a category and an id of 128 characters; anything longer is refused by its own rule. */
const MAX_PARAM_LENGTH = 2_000;

export const fastifyOptions: FastifyServerOptions = {
  bodyLimit: MEGABYTE,
  routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
  // Requests that fail before any route is known, and so before Nest.
  frameworkErrors: (error, _request, reply) => {
    const status = error.statusCode ?? 500;
    const answer = problemOf(new HttpException(error.message, status)) ?? problem(500, 'internal-error', 'bad request');
    reply.hijack();
    reply.raw.writeHead(answer.status, { 'content-type': PROBLEM_TYPE }).end(JSON.stringify(answer));
  },
};

type Parsers = Pick<FastifyInstance, 'removeContentTypeParser' | 'addContentTypeParser' | 'getDefaultJsonParser'>;

/** JSON, and many commands as text; any other type is refused as such. */
export const parseBodies = (fastify: Parsers): void => {
  fastify.removeContentTypeParser(['text/plain', 'application/json']);
  const parseJson = fastify.getDefaultJsonParser('error', 'error');
  fastify.addContentTypeParser(
    'application/json',
    { parseAs: 'string', bodyLimit: MEGABYTE },
    (request, body, done) => {
      // No body is none, whatever type it claims to be: the route's own schema says whether it needs one.
      if (body.length === 0) done(null, undefined);
      else return parseJson(request, body.toString(), done);
    },
  );
  fastify.addContentTypeParser(
    ['application/x-ndjson', 'application/ndjson'],
    { parseAs: 'string', bodyLimit: MEGABYTE },
    (_request, body, done) => done(null, body),
  );
};
