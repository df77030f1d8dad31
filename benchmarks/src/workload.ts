import { accept, CommandHandler, type CommandOf, defineAggregate, defineEvents, EventStore } from '@ledgerline/es-core';
import { type PartitionedLog, provisionChain } from '@ledgerline/es-core/adapter';
import type { EventCatalogue } from '@ledgerline/es-core/runtime';
import { nodePlatform, openEmbeddedIndex, openEmbeddedLog } from '@ledgerline/es-embedded';
import { cartEvents, type ItemAddedToCart } from '@ledgerline/events';

const { ItemAddedToCart } = cartEvents.definitions;

const itemEvents = defineEvents(cartEvents.topic, { ItemAddedToCart });

export const catalogue = itemEvents.catalogue as EventCatalogue<ItemAddedToCart>;

/** The shop's most frequent command, with the least possible rule behind it: what is measured is the store. */
const countedCart = defineAggregate({
  category: 'cart',
  events: itemEvents,
  commands: { AddItem: ItemAddedToCart },
  initialState: { units: 0 },
  decide: { AddItem: (_state, { type: _type, at: _at, ...data }) => accept({ type: 'ItemAddedToCart', data }) },
  evolve: { ItemAddedToCart: ({ units }, { data }) => ({ units: units + data.quantity }) },
});

export const addItem = (i: number): CommandOf<typeof countedCart> => ({
  type: 'AddItem',
  lineId: String((i % 500) + 1),
  sku: `${21_000 + (i % 3_000)}A`,
  description: 'WHITE HANGING HEART T-LIGHT HOLDER',
  quantity: 1 + (i % 12),
  unitPrice: { amount: '2.55', currency: 'GBP' },
});

export interface OpenStore {
  readonly store: EventStore;
  readonly carts: CommandHandler<typeof countedCart>;
  close(): Promise<void>;
}

/** The order service's event store as the service opens it on the embedded log, without the service around it. */
export const openStore = async (directory: string): Promise<OpenStore> => {
  const { topic } = cartEvents;
  const log = await openEmbeddedLog({ directory, topic, partitions: 4, role: 'writer' });
  await provisionChain(log, nodePlatform);
  return openStoreOn(log, directory);
};

/** The same on any log that is provisioned; it is closed with the store. */
export const openStoreOn = async (log: PartitionedLog, directory: string): Promise<OpenStore> => {
  const index = await openEmbeddedIndex({ directory, service: 'orders' });
  const onTrouble = (cause: unknown): never => {
    throw new Error('the store failed while it was measured', { cause });
  };
  const store = await EventStore.open({ log, index, platform: nodePlatform, source: 'benchmark', onTrouble });
  const carts = new CommandHandler(countedCart, { store, platform: nodePlatform });
  return {
    store,
    carts,
    close: async () => {
      await store.close();
      await log.close();
      await index.close();
    },
  };
};
