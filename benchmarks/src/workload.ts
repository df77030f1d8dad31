import {
  accept,
  Aggregate,
  type Decider,
  eventCatalogue,
  EventStore,
  eventType,
  type PartitionedLog,
  provisionChain,
  type Wish,
} from '@ledgerline/es-core';
import { nodePlatform, openEmbeddedIndex, openEmbeddedLog } from '@ledgerline/es-embedded';
import { type ItemAddedToCart, itemAddedToCartV1, ordersTopic } from '@ledgerline/events';

/** The shop's most frequent command, with the least possible rule behind it: what is measured is the store. */
export type AddItem = ItemAddedToCart['data'] & { readonly type: 'AddItem'; readonly at: string };

interface Units {
  readonly units: number;
}

const decider: Decider<Units, AddItem, ItemAddedToCart> = {
  initialState: { units: 0 },
  decide: (_state, { type: _type, at: _at, ...data }) => accept({ type: 'ItemAddedToCart', data }),
  evolve: ({ units }, { data }) => ({ units: units + data.quantity }),
};

export const catalogue = eventCatalogue([eventType<ItemAddedToCart>('ItemAddedToCart', [itemAddedToCartV1])]);

export const addItem = (i: number): Wish<AddItem> => ({
  type: 'AddItem',
  lineId: String((i % 500) + 1),
  sku: `${21_000 + (i % 3_000)}A`,
  description: 'WHITE HANGING HEART T-LIGHT HOLDER',
  quantity: 1 + (i % 12),
  unitPrice: { amount: '2.55', currency: 'GBP' },
});

export interface OpenStore {
  readonly store: EventStore;
  readonly carts: Aggregate<Units, AddItem, ItemAddedToCart>;
  close(): Promise<void>;
}

/** The order service's event store as the service opens it on the embedded log, without the service around it. */
export const openStore = async (directory: string): Promise<OpenStore> => {
  const { topic } = ordersTopic;
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
  const carts = new Aggregate<Units, AddItem, ItemAddedToCart>({
    ...{ store, platform: nodePlatform, category: 'cart', decider, catalogue },
    code: { from: import.meta.url, modules: ['./workload.js', '@ledgerline/events'] },
  });
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
