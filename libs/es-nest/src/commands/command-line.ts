import {
  type AnyAggregate,
  type CommandMetadata,
  type CommandOf,
  idOf,
  streamId,
  ValidationFailed,
} from '@ledgerline/es-core';
import { categoryOf, CommandNotPublic, isId } from '@ledgerline/es-core/runtime';
import { z } from 'zod';
import { idParam } from '../http/fields.js';
import { parse } from '../http/parse.js';
import { PRINTABLE, printableRule } from '../http/request-metadata.js';
import type { PublicCommand, KnownCommands } from './public-commands.js';

const conversationId = z.string({ error: printableRule }).regex(PRINTABLE, { error: printableRule });

/** A command as it is sent: one line of `POST /commands`, or the value of one message. */
export const commandEnvelope = z.strictObject({
  id: idParam.describe('As an Idempotency-Key: of one command for its stream.'),
  type: z.string({ error: 'must be the name of a command' }),
  stream: z.string({ error: 'must be the name of a stream, such as "jar-1"' }),
  data: z.unknown(),
  correlationId: conversationId.optional().describe('Its conversation, where that is not the one of the request.'),
  causationId: conversationId.optional().describe('The message that it follows from, where there is one.'),
});

/** The same, ready to be handled. */
export interface CommandLine {
  readonly id: string;
  readonly stream: string;
  readonly instance: string;
  readonly command: CommandOf<AnyAggregate>;
  readonly handle: PublicCommand['handle'];
  /** What the line itself says of that; it goes before what the request says. */
  readonly conversation: Pick<CommandMetadata, 'correlationId' | 'causationId'>;
}

/** The JSON of a command; `where` names it in a problem. @throws ValidationFailed */
export const jsonOf = (line: string, where = 'the line'): unknown => {
  try {
    return JSON.parse(line);
  } catch (cause) {
    // What JSON.parse says repeats the input; that the line is no JSON is all there is to say.
    throw Object.assign(new ValidationFailed([{ field: where, rule: 'must be one JSON object' }]), { cause });
  }
};

/** The id of a line that may be wrong in every other way; null when not even that can be told. */
export const idIn = (value: unknown): string | null =>
  typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string' ? value.id : null;

/** @throws ValidationFailed, CommandNotPublic */
export const commandLine = (value: unknown, commands: KnownCommands, where = 'the line'): CommandLine => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refused(where, 'must be an object { id, type, stream, data }');
  const { id, type, stream, data, ...conversation } = parse(commandEnvelope, value);
  const known = commands.named(type);
  if (known.length === 0 && commands.isInternal(type)) throw new CommandNotPublic(type);
  if (known.length === 0) throw refused('type', `must be one of ${commands.names.join(', ')}`);
  const instance = idOf(stream);
  const command = known.find(({ category }) => category === categoryOf(stream));
  if (!command || !isId(instance))
    throw refused(
      'stream',
      `must be ${known.map(({ category }) => streamId(category, '<id>')).join(' or ')} for ${type}`,
    );
  const fields = parse(command.schema, data, 'data') as object;
  return { id, stream, instance, command: { ...fields, type }, handle: command.handle, conversation };
};

const refused = (field: string, rule: string): ValidationFailed => new ValidationFailed([{ field, rule }]);
