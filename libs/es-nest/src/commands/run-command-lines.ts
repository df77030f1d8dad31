import { Readable } from 'node:stream';
import { EsError } from '@ledgerline/es-core';
import { StreamableFile } from '@nestjs/common';
import { cutOffStalled } from '../http/cut-off-stalled.js';
import { NDJSON } from '../http/raw-bodies.js';
import { type AnyReply, headersOf, responseOf, setHeaders } from '../http/reply.js';
import { conversationMetadata } from '../http/request-metadata.js';
import type { Log } from '../logging/log.js';
import type { CommandBody } from './command-body.js';
import { noCommand } from './command-bodies.js';
import { CommandRunner } from './command-runner.js';
import type { KnownCommands } from './public-commands.js';

/** A bound on what one request makes the service do; no megabyte holds as many commands that could be accepted. */
export const MOST_COMMANDS = 20_000;

export interface CommandLinesOptions {
  readonly reply: AnyReply;
  readonly commands: KnownCommands;
  readonly log: Log;
}

/**
 * Answers `POST /commands`: as a stream, which runs further commands as far as the client takes what became of those before.
 * @throws EsError `too-many-commands`; ValidationFailed when there is none
 */
export const answerCommandLines = (
  body: CommandBody,
  { reply, commands, log }: CommandLinesOptions,
): Readable | StreamableFile => {
  requireCommands(body);
  const metadata = conversationMetadata(headersOf(reply));
  const runner = new CommandRunner({ commands, metadata, window: body.window, log });
  setHeaders(reply, { 'content-type': NDJSON });
  cutOffStalled(responseOf(reply));
  const answers = Readable.from(runner.answers(body.lines()));
  // Fastify sends a stream as it is.
  return 'raw' in reply ? answers : new StreamableFile(answers, { type: NDJSON });
};

/** Everything that is wrong with the request as a whole is said before any of its commands is run. */
const requireCommands = (body: CommandBody): void => {
  let count = 0;
  for (const _line of body.lines()) if (++count > MOST_COMMANDS) throw tooMany();
  if (count === 0) throw noCommand();
};

const tooMany = (): EsError =>
  new EsError(
    'too-many-commands',
    `the body must have at most ${MOST_COMMANDS} lines, and has more: send several requests`,
    false,
  );
