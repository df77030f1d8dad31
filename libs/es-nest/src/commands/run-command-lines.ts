import { EsError } from '@ledgerline/es-core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { conversationMetadata } from '../http/request-metadata.js';
import { ValidationFailed } from '../http/validation-failed.error.js';
import type { Log } from '../logging/log.js';
import { CommandRunner } from './command-runner.js';
import type { PublicCommands } from './public-commands.js';

export const NDJSON = 'application/x-ndjson';

/** A bound on what one request makes the service do; no megabyte holds as many commands that could be accepted. */
export const MOST_COMMANDS = 20_000;

/** Answers `POST /commands`. @throws EsError `too-many-commands`; ValidationFailed when there is none */
export const answerCommandLines = async (
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
  commands: PublicCommands,
  log: Log,
): Promise<Buffer> => {
  const lines = linesIn(request.body);
  const metadata = conversationMetadata(request.headers);
  void reply.header('content-type', NDJSON);
  // As bytes: to a text Fastify would add a charset, which this media type does not have.
  return Buffer.from(await new CommandRunner(commands, metadata, log).run(lines));
};

const linesIn = (body: unknown): readonly string[] => {
  // A request without a body has no media type that could be wrong.
  if (typeof (body ?? '') !== 'string')
    throw new EsError('unsupported-media-type', `the body must be ${NDJSON}, one command a line`, false);
  const lines = String(body ?? '')
    .split('\n')
    .filter((line) => line.trim() !== '');
  if (lines.length === 0)
    throw new ValidationFailed([{ field: '', rule: `must have at least one command, one a line (${NDJSON})` }]);
  if (lines.length > MOST_COMMANDS)
    throw new EsError(
      'too-many-commands',
      `the body must have at most ${MOST_COMMANDS} lines, it has ${lines.length}: send several requests`,
      false,
    );
  return lines;
};
