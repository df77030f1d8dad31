import type { Rejection } from '@ledgerline/es-core';
import { rejectionIn } from '@ledgerline/es-core/runtime';
import type { Placed } from '../logs/counted-records.js';

/** An event, or the verdict of a command that recorded none: without its data, which may be anybody's secret. */
export interface TracedRecord {
  readonly kind: 'event' | 'verdict';
  readonly id: string;
  /** Of an event its stored name; of a verdict the name of the command. */
  readonly type: string;
  readonly stream: string;
  readonly version: number;
  readonly topic: string;
  readonly partition: number;
  readonly ordinal: number;
  readonly time: string;
  readonly actor: string;
  readonly commandId: string;
  readonly correlationId: string;
  readonly causationId: string;
  readonly rejection?: Rejection;
}

/** Reads everything that counts, from the beginning, as often as it is called. */
export type ReadAll = () => AsyncIterable<Placed>;

/**
 * All records of the conversation `id`, or of those that an event, a command or a stream of that id belongs to. One pass
 * over the log for a conversation, two for anything else; in memory is what was found.
 */
export const findConversations = async (id: string, readAll: ReadAll): Promise<readonly TracedRecord[]> => {
  const found: TracedRecord[] = [];
  const conversations = new Set([id]);
  for await (const record of readAll()) {
    if (!isMessage(record)) continue;
    if (record.correlationId === id) found.push(traced(record));
    else if (record.id === id || record.commandId === id || record.key === id) conversations.add(record.correlationId);
  }
  return conversations.size === 1 ? found : await allOf(conversations, readAll);
};

const allOf = async (conversations: ReadonlySet<string>, readAll: ReadAll): Promise<readonly TracedRecord[]> => {
  const found: TracedRecord[] = [];
  for await (const record of readAll())
    if (isMessage(record) && conversations.has(record.correlationId)) found.push(traced(record));
  return found;
};

const isMessage = ({ kind }: Placed): boolean => kind === 'event' || kind === 'verdict';

const traced = (record: Placed): TracedRecord => {
  const { id, type, key: stream, version, topic, partition, ordinal, time, actor } = record;
  const { commandId, correlationId, causationId } = record;
  const kind = record.kind === 'verdict' ? 'verdict' : 'event';
  const rejection = kind === 'verdict' ? rejectionIn(record.value) : undefined;
  return {
    ...{ kind, id, type, stream, version, topic, partition, ordinal, time, actor },
    ...{ commandId, correlationId, causationId },
    ...(rejection && { rejection }),
  };
};
