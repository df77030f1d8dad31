import type { IncomingHttpHeaders } from 'node:http';
import { EsError, ValidationFailed } from '@ledgerline/es-core';
import type { FieldProblem } from '@ledgerline/es-core/runtime';
import { HttpException, Injectable } from '@nestjs/common';
import { refusalOf, withoutMark } from '../http/body-text.js';
import { NDJSON, NDJSON_TYPES } from '../http/raw-bodies.js';
import { type AnyReply, type AnyRequest, bodyOf, responseOf } from '../http/reply.js';
import { CommandBody } from './command-body.js';
import { CommandWindow } from './command-window.js';
import { readBody } from './read-body.js';

/** The one path that takes many commands at once. */
export const COMMANDS_PATH = '/commands';

export const MEGABYTE = 1024 * 1024;

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
@Injectable()
export class CommandBodies {
  #kept = 0;
  readonly #window = new CommandWindow(UNDER_WAY);

  /**
   * The body of the request, which keeps its room until its answer is out, or cannot be any more.
   * @throws EsError `overloaded`, `unsupported-media-type`; ValidationFailed; HttpException when it is no text, too large, or did not come whole
   */
  async take(request: AnyRequest, reply: AnyReply): Promise<CommandBody> {
    const { headers } = request;
    // A request without a body has no media type that could be wrong.
    if (!hasBody(headers)) throw noCommand();
    if (!NDJSON_TYPES.includes(mediaTypeIn(headers)))
      throw new EsError('unsupported-media-type', `the body must be ${NDJSON}, one command a line`, false);
    this.#admit(headers, reply);
    const body = await readBody(bodyOf(request), bytesOf(headers));
    const refusal = refusalOf(headers['content-type'], body);
    if (refusal) throw refusal;
    return new CommandBody(withoutMark(body), this.#window);
  }

  #admit(headers: IncomingHttpHeaders, reply: AnyReply): void {
    if ('if-match' in headers) throw new ValidationFailed([NOT_FOR_MANY]);
    const bytes = Math.max(EACH, bytesOf(headers));
    if (bytes > (MOST_BYTES - this.#kept) * SHARE_OF_THE_REST) throw overloaded(this.#kept);
    this.#kept += bytes;
    responseOf(reply).once('close', () => (this.#kept -= bytes));
  }
}

export const noCommand = (): ValidationFailed =>
  new ValidationFailed([{ field: '', rule: `must have at least one command, one a line (${NDJSON})` }]);

const hasBody = (headers: IncomingHttpHeaders): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

const mediaTypeIn = (headers: IncomingHttpHeaders): string =>
  (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';

/** As many as it says, or may have where it does not say it. @throws HttpException when that is too large */
const bytesOf = (headers: IncomingHttpHeaders): number => {
  const bytes = headers['transfer-encoding'] === undefined ? Number(headers['content-length'] ?? 0) : MEGABYTE;
  if (bytes > MEGABYTE) throw new HttpException('the body is too large', 413);
  return bytes;
};

const overloaded = (kept: number): EsError =>
  new EsError('overloaded', `requests of many commands are under way, with ${kept} bytes together`, true, { kept });
