import { EsError, type Projection } from '@ledgerline/es-core';
import type { ReadModelStore, Storage } from '@ledgerline/es-core/adapter';
import { collectionOf, discardKey, toProjectionRecord, withoutDiscarded } from '@ledgerline/es-core/generations';
import { type PartitionStatus, type Source, verifyChain } from '@ledgerline/es-core/runtime';
import { closeAll } from '@ledgerline/es-nest/extension';
import type { ReadModelRehearsal, ServiceRehearsal } from '@ledgerline/es-nest/rehearsal';
import { verifyReadModel } from './verify-read-model.js';

/**
 * Folds the log by this code and compares each document with the one that answers now, whatever revision that is of. Nothing is
 * written. @throws EsError when a topic or the store cannot be read
 */
export const rehearseReadModels = async (
  projections: readonly Projection[],
  storage: Storage,
): Promise<ServiceRehearsal> => {
  const closers: (() => Promise<void>)[] = [];
  const { platform } = storage;
  try {
    const store = await storage.openReadModels();
    closers.push(() => store.close());
    const sources = new Map<string, Source>();
    for (const topic of new Set(projections.flatMap(({ from }) => from.map((events) => events.topic)))) {
      const log = await storage.openLog(topic, { role: 'reader' });
      closers.push(() => log.close());
      sources.set(topic, { log, logId: await verifyChain(log, platform) });
    }
    const readModels: ReadModelRehearsal[] = [];
    for (const projection of projections.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const read = projection.from.flatMap(({ topic }) => sources.get(topic) ?? []);
      readModels.push(await rehearse(projection, { platform, store, sources: read }));
    }
    return { topics: [], readModels };
  } finally {
    await closeAll(closers);
  }
};

interface Rehearsing extends Pick<Storage, 'platform'> {
  readonly store: ReadModelStore;
  readonly sources: readonly Source[];
}

const rehearse = async (
  projection: Projection,
  { platform, store, sources }: Rehearsing,
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
