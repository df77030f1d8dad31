import { Readable } from 'node:stream';
import { EsError, ValidationFailed } from '@ledgerline/es-core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { cutOffStalled } from '../http/cut-off-stalled.js';
import { conversationMetadata } from '../http/request-metadata.js';
import type { Log } from '../logging/log.js';
import { CommandBody } from './command-body.js';
import { CommandRunner } from './command-runner.js';
import type { KnownCommands } from './public-commands.js';

export const NDJSON = 'application/x-ndjson';

/** A bound on what one request makes the service do; no megabyte holds as many commands that could be accepted. */
export const MOST_COMMANDS = 20_000;

/**
 * Answers `POST /commands`: as a stream, which runs further commands as far as the client takes what became of those before.
 * @throws EsError `too-many-commands`; ValidationFailed when there is none
 */
export const answerCommandLines = (
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  commands: KnownCommands,
  log: Log,
): Readable => {
  const body = commandsIn(request.body);
  const metadata = conversationMetadata(request.headers);
  const runner = new CommandRunner({ commands, metadata, window: body.window, log });
  void reply.header('content-type', NDJSON);
  cutOffStalled(reply.raw);
  return Readable.from(runner.answers(body.lines()));
};

/** Everything that is wrong with the request as a whole is said before any of its commands is run. */
const commandsIn = (body: unknown): CommandBody => {
  // A request without a body has no media type that could be wrong.
  if (body === undefined || body === null) throw noCommand();
  if (!(body instanceof CommandBody))
    throw new EsError('unsupported-media-type', `the body must be ${NDJSON}, one command a line`, false);
  let count = 0;
  for (const _line of body.lines()) if (++count > MOST_COMMANDS) throw tooMany();
  if (count === 0) throw noCommand();
  return body;
};

const noCommand = (): ValidationFailed =>
  new ValidationFailed([{ field: '', rule: `must have at least one command, one a line (${NDJSON})` }]);

const tooMany = (): EsError =>
  new EsError(
    'too-many-commands',
    `the body must have at most ${MOST_COMMANDS} lines, and has more: send several requests`,
    false,
  );
