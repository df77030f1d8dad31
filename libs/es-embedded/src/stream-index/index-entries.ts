import type { CommandResult, RawEvent, ReaderState, Snapshot } from '@ledgerline/es-core/adapter';
import { packFields, unpackFields } from '../storage/packed-fields.js';

/** Goes up with every change of a layout below or of the keys: an index of another version is made anew. */
export const INDEX_VERSION = 4;

// What the key says is not said again in the value.
const EVENT = {
  what: 'an indexed event',
  fields: [
    ...(['type', 'data', 'id', 'time', 'ordinal'] as const),
    ...(['commandId', 'correlationId', 'causationId', 'actor'] as const),
  ],
};

export const packEvent = (event: RawEvent): Buffer => packFields(EVENT, event);

export const unpackEvent = ({ stream, version }: Pick<RawEvent, 'stream' | 'version'>, bytes: Buffer): RawEvent => {
  const field = unpackFields(EVENT, bytes);
  return {
    stream,
    version,
    type: field('type'),
    data: field('data'),
    id: field('id'),
    time: field('time'),
    ordinal: Number(field('ordinal')),
    commandId: field('commandId'),
    correlationId: field('correlationId'),
    causationId: field('causationId'),
    actor: field('actor'),
  };
};

const RESULT = {
  what: 'an indexed command result',
  fields: ['fingerprint', 'version', 'events', 'ordinal', 'rejection', 'reason'] as const,
};

export const packResult = (result: CommandResult): Buffer => packFields(RESULT, result);

export const unpackResult = (
  { stream, commandId }: Pick<CommandResult, 'stream' | 'commandId'>,
  bytes: Buffer,
): CommandResult => {
  const field = unpackFields(RESULT, bytes);
  return {
    stream,
    commandId,
    fingerprint: field('fingerprint'),
    version: Number(field('version')),
    events: Number(field('events')),
    ordinal: Number(field('ordinal')),
    ...(field('rejection') && { rejection: field('rejection') }),
    ...(field('reason') && { reason: field('reason') }),
  };
};

const SNAPSHOT = { what: 'a snapshot', fields: ['stream', 'version', 'revision', 'state'] as const };

export const packSnapshot = (snapshot: Snapshot): Buffer => packFields(SNAPSHOT, snapshot);

export const unpackSnapshot = (bytes: Buffer): Snapshot => {
  const field = unpackFields(SNAPSHOT, bytes);
  return {
    stream: field('stream'),
    version: Number(field('version')),
    revision: field('revision'),
    state: field('state'),
  };
};

const READER_STATE = {
  what: "the index's reader state",
  fields: ['logId', 'ordinal', 'head', 'headOffset', 'time'] as const,
};

export const packReaderState = (state: ReaderState): Buffer => packFields(READER_STATE, state);

export const unpackReaderState = (bytes: Buffer): ReaderState => {
  const field = unpackFields(READER_STATE, bytes);
  return {
    logId: field('logId'),
    ordinal: Number(field('ordinal')),
    head: field('head'),
    headOffset: Number(field('headOffset')),
    time: field('time'),
  };
};
