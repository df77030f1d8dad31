import {
  collectionOf,
  discardKey,
  type DomainEvent,
  EsError,
  type JsonObject,
  type PartitionStatus,
  type Projection,
  type ReadModelStore,
  type Source,
  type Storage,
  toProjectionRecord,
  verifyChain,
  withoutDiscarded,
} from '@ledgerline/es-core';
import { closeAll, type ReadModelRehearsal, type ServiceRehearsal } from '@ledgerline/es-nest';
import { ordersTopic, type PaymentEvent, paymentsTopic } from '@ledgerline/events';
import { customerDashboard } from '../customer-dashboard/customer-dashboard.projection.js';
import { orderPage } from '../order-page/order-page.projection.js';
import { salesReport } from '../sales-report/sales-report.projection.js';
import { ordersAndReturns } from '../read-models/read-models.js';
import { verifyReadModel } from './verify-read-model.js';

/** Folds the log by this code and compares each document with the one that answers now, whatever revision that is of. */
export const rehearseReadModels = async (storage: Storage): Promise<ServiceRehearsal> => {
  const closers: (() => Promise<void>)[] = [];
  try {
    const store = await storage.openReadModels();
    closers.push(() => store.close());
    const source = async <E extends DomainEvent>({
      topic,
      catalogue,
    }: Pick<Source<E>, 'catalogue'> & { topic: string }) => {
      const log = await storage.openLog(topic, { role: 'reader' });
      closers.push(() => log.close());
      return { log, logId: await verifyChain(log, storage.platform), catalogue };
    };
    const orders = await source({ topic: ordersTopic.topic, catalogue: ordersAndReturns });
    const payments: Source<PaymentEvent> = await source(paymentsTopic);
    const given = { storage, store };
    const readModels = [
      await rehearse(customerDashboard, { ...given, sources: [orders] }),
      await rehearse(orderPage, { ...given, sources: [orders, payments] }),
      await rehearse(salesReport, { ...given, sources: [orders] }),
    ];
    return { topics: [], readModels };
  } finally {
    await closeAll(closers);
  }
};

interface Surroundings<E extends DomainEvent> {
  readonly storage: Storage;
  readonly store: ReadModelStore;
  readonly sources: readonly Source<E>[];
}

const rehearse = async <E extends DomainEvent, Document extends JsonObject>(
  projection: Projection<E, Document>,
  { storage: { platform }, store, sources }: Surroundings<E>,
): Promise<ReadModelRehearsal> => {
  const { name, revision } = projection;
  const stored = await store.record(name);
  const { live, discards } = stored ? toProjectionRecord(name, stored.value) : { live: undefined, discards: [] };
  const found = { name, revision, liveRevision: live?.revision };
  if (!live) return { ...found, checked: 0, changedCount: 0, changed: [] };
  const collection = collectionOf(name, live);
  const applied = await appliedTo(store, collection);
  const discarded = new Set(discards.map(({ position, document }) => discardKey(position, document)));
  const folded = withoutDiscarded(projection, () => discarded);
  try {
    const verified = await verifyReadModel({
      projection: folded,
      sources,
      store,
      platform,
      collection,
      status: () => applied,
    });
    const changed = verified.divergent.map(({ id, problem, fields }) => ({ id, problem, fields }));
    return { ...found, checked: verified.checked, changedCount: verified.divergentCount, changed };
  } catch (error) {
    if (!(error instanceof EsError)) throw error;
    return { ...found, checked: 0, changedCount: 0, changed: [], failure: error.message };
  }
};

const appliedTo = async (store: ReadModelStore, collection: string): Promise<readonly PartitionStatus[]> =>
  [...(await store.checkpoints(collection))].map(([key, { ordinal }]) => {
    const slash = key.lastIndexOf('/');
    return { topic: key.slice(0, slash), partition: Number(key.slice(slash + 1)), ordinal, refused: 0 };
  });
