import type { RawEvent } from '../stream-index/stream-index.port.js';
import type { Counted } from './chain.js';

/** The event that the record carries, without what only the chain needs. */
export const rawEventOf = (record: Omit<Counted, 'hash' | 'offset'>): RawEvent => ({
  stream: record.key,
  version: record.version,
  type: record.type,
  data: record.value,
  id: record.id,
  time: record.time,
  ordinal: record.ordinal,
  commandId: record.commandId,
  correlationId: record.correlationId,
  causationId: record.causationId,
  actor: record.actor,
});
