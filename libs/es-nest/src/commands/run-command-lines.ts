import { EsError } from '@ledgerline/es-core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { requestMetadata } from '../http/request-metadata.js';
import type { Log } from '../logging/log.js';
import { CommandRunner } from './command-runner.js';
import type { PublicCommands } from './public-commands.js';

export const NDJSON = 'application/x-ndjson';

/** Answers `POST /commands`. */
export const answerCommandLines = async (
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  commands: PublicCommands,
  log: Log,
): Promise<Buffer> => {
  if (typeof request.body !== 'string')
    throw new EsError('unsupported-media-type', `the body must be ${NDJSON}, one command a line`, false);
  // The id of a command is in its line, and so is nothing that an If-Match could be about.
  const { actor, correlationId, traceparent } = requestMetadata(request.headers);
  const metadata = {
    ...(actor && { actor }),
    ...(correlationId && { correlationId }),
    ...(traceparent && { traceparent }),
  };
  void reply.header('content-type', NDJSON);
  // As bytes: to a text Fastify would add a charset, which this media type does not have.
  return Buffer.from(await new CommandRunner(commands, metadata, log).run(request.body));
};
