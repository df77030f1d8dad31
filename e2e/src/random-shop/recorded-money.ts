import {
  beforeGenesis,
  ChainReader,
  type DomainEvent,
  type EventCatalogue,
  eventsIn,
  type Recorded,
  type Storage,
  verifyChain,
} from '@ledgerline/es-core';
import { type OrdersEvent, ordersTopic, type PaymentEvent, paymentsTopic, type SubjectEvent } from '@ledgerline/events';
import type { CountingGateway } from './counting-gateway.js';

export type ShopEvent = Recorded<OrdersEvent | SubjectEvent | PaymentEvent>;

/** Everything that both topics hold. */
export const recordedEventsOf = async (storage: Storage): Promise<readonly ShopEvent[]> => {
  const events: ShopEvent[] = [];
  const how = { storage, follow: false, onEvent: (event: ShopEvent): void => void events.push(event) };
  for (const reading of [await readTopic(ordersTopic, how), await readTopic(paymentsTopic, how)]) await reading.isOver;
  return events;
};

/**
 * Makes the gateway forget a key as soon as it is recorded what came of it: real providers remember for hours or days, which covers a
 * crash between their answer and our record, and nothing else may count on it.
 */
export const forgetWhatIsRecorded = async (
  storage: Storage,
  gateway: CountingGateway,
): Promise<{ close(): Promise<void> }> =>
  readTopic(paymentsTopic, {
    ...{ storage, follow: true },
    onEvent: ({ type, context: { causationId } }) => {
      if (type === 'PaymentProcessed' || type === 'PaymentDeclined') gateway.forget('charge', causationId);
      if (type === 'RefundPaidOut') gateway.forget('refund', causationId);
    },
  });

interface Reading {
  readonly isOver: Promise<unknown>;
  close(): Promise<void>;
}

interface Topic<E extends DomainEvent> {
  readonly topic: string;
  readonly catalogue: EventCatalogue<E>;
}

interface HowToRead<E extends DomainEvent> {
  readonly storage: Storage;
  readonly follow: boolean;
  onEvent(event: Recorded<E>): void;
}

const readTopic = async <E extends DomainEvent>(
  { topic, catalogue }: Topic<E>,
  how: HowToRead<E>,
): Promise<Reading> => {
  const { platform, openLog } = how.storage;
  const log = await openLog(topic, { role: 'reader' });
  const state = beforeGenesis(await verifyChain(log, platform));
  const readers = Array.from(
    { length: log.partitions },
    (_, partition) => new ChainReader({ log, partition, platform, state, follow: how.follow }),
  );
  const read = async (reader: ChainReader, partition: number): Promise<void> => {
    for (let read = await reader.next(); read; read = await reader.next())
      for (const event of eventsIn(read.commits, catalogue, { topic, partition })) how.onEvent(event);
  };
  const isOver = Promise.all(readers.map(read));
  const close = async (): Promise<void> => {
    for (const reader of readers) await reader.close();
    await isOver;
    await log.close();
  };
  return { isOver: how.follow ? isOver : isOver.finally(close), close };
};
