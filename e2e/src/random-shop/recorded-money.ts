import type { Events, Recorded } from '@ledgerline/es-core';
import type { Storage } from '@ledgerline/es-core/adapter';
import {
  beforeGenesis,
  catalogueOf,
  ChainReader,
  type EventCatalogue,
  eventsIn,
  verifyChain,
} from '@ledgerline/es-core/runtime';
import {
  type OrdersEvent,
  ordersTopicEvents,
  type PaymentEvent,
  paymentEvents,
  type PersonalDataForgotten,
} from '@ledgerline/events';
import type { CountingGateway } from './counting-gateway.js';

type NewShopEvent = OrdersEvent | PersonalDataForgotten | PaymentEvent;
export type ShopEvent = Recorded<NewShopEvent>;

/** Everything that both topics hold. */
export const recordedEventsOf = async (storage: Storage): Promise<readonly ShopEvent[]> => {
  const events: ShopEvent[] = [];
  const how = { storage, follow: false, onEvent: (event: ShopEvent): void => void events.push(event) };
  for (const reading of [await readTopic(ordersTopicEvents, how), await readTopic([paymentEvents], how)])
    await reading.isOver;
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
  readTopic([paymentEvents], {
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

interface HowToRead {
  readonly storage: Storage;
  readonly follow: boolean;
  onEvent(event: ShopEvent): void;
}

/** All that `sets`, of one topic, say of it. */
const readTopic = async (sets: readonly [Events, ...Events[]], how: HowToRead): Promise<Reading> => {
  const [{ topic }] = sets;
  const catalogue = catalogueOf(sets) as EventCatalogue<NewShopEvent>;
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
