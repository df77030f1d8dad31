import { EsError, type FieldProblem, ValidationFailed } from '@ledgerline/es-core';
import { HttpException } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { refusalOf, withoutMark } from '../http/body-text.js';
import { refuseElsewhere } from '../http/request-headers.js';
import { CommandBody } from './command-body.js';
import { CommandWindow } from './command-window.js';
import { readBody } from './read-body.js';

/** The one path that takes many commands at once. */
export const COMMANDS_PATH = '/commands';

const MEDIA_TYPES = ['application/x-ndjson', 'application/ndjson'];
const MEGABYTE = 1024 * 1024;

/** All bodies together, from their first byte to the last byte of their answer. */
const MOST_BYTES = 12 * MEGABYTE;
/** What a request takes beside its body. */
const EACH = 8 * 1024;
/** A body gets at most this share of the bytes that are left, so that small ones find room beside many large ones. */
const SHARE_OF_THE_REST = 1 / 4;
/** Commands of all bodies that are under way at once: enough for full batches, and soon done for whoever comes behind. */
const UNDER_WAY = MEGABYTE;

/** Of which of the streams it is the version nobody can tell. */
const NOT_FOR_MANY: FieldProblem = {
  field: 'If-Match',
  rule: 'must not be there with many commands: send the command for one version by itself',
};

/** Bodies of many commands, bounded together: whatever does not fit is refused before any of it was read. */
class CommandBodies {
  #kept = 0;
  readonly #window = new CommandWindow(UNDER_WAY);

  /** Keeps room for the body until its answer is out, or cannot be any more. @throws EsError `overloaded`, ValidationFailed */
  admit(request: FastifyRequest, reply: FastifyReply): void {
    if ('if-match' in request.headers) throw new ValidationFailed([NOT_FOR_MANY]);
    const bytes = Math.max(EACH, bytesOf(request));
    if (bytes > (MOST_BYTES - this.#kept) * SHARE_OF_THE_REST) throw overloaded(this.#kept);
    this.#kept += bytes;
    reply.raw.once('close', () => (this.#kept -= bytes));
  }

  /** @throws HttpException when it is no text, too large, or did not come whole */
  async read(request: FastifyRequest, payload: FastifyRequest['raw']): Promise<CommandBody> {
    const body = await readBody(payload, bytesOf(request));
    const refusal = refusalOf(request.headers['content-type'], body);
    if (refusal) throw refusal;
    return new CommandBody(withoutMark(body), this.#window);
  }
}

/** Takes bodies of many commands, for `answerCommandLines`. */
export const takeCommandBodies = (fastify: Pick<FastifyInstance, 'addHook' | 'addContentTypeParser'>): void => {
  const bodies = new CommandBodies();
  refuseElsewhere(fastify, MEDIA_TYPES, COMMANDS_PATH);
  fastify.addHook('preParsing', (request, reply, _payload, done) => {
    try {
      if (isOfCommands(request)) bodies.admit(request, reply);
      done();
    } catch (error) {
      done(error as Error);
    }
  });
  fastify.addContentTypeParser(MEDIA_TYPES, (request: FastifyRequest, payload: FastifyRequest['raw']) =>
    bodies.read(request, payload),
  );
};

const isOfCommands = ({ mediaType = '' }: FastifyRequest): boolean => MEDIA_TYPES.includes(mediaType);

/** As many as it says, or may have where it does not say it. @throws HttpException when that is too large */
const bytesOf = ({ headers }: FastifyRequest): number => {
  const bytes = headers['transfer-encoding'] === undefined ? Number(headers['content-length'] ?? 0) : MEGABYTE;
  if (bytes > MEGABYTE) throw new HttpException('the body is too large', 413);
  return bytes;
};

const overloaded = (kept: number): EsError =>
  new EsError('overloaded', `requests of many commands are under way, with ${kept} bytes together`, true, { kept });
