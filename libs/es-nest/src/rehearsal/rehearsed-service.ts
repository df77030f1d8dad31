import type { Storage } from '@ledgerline/es-core/adapter';
import {
  type RehearsedReactions,
  type RehearsedSource,
  RehearsedStore,
  rehearseTopic,
} from '@ledgerline/es-core/rehearsal';
import { verifyChain } from '@ledgerline/es-core/runtime';
import type { INestApplication } from '@nestjs/common';
import { DeclaredAggregates } from '../aggregates/declared-aggregates.js';
import type { Topic } from '../aggregates/topics.js';
import { closeAll } from '../lifecycle/close-all.js';
import type { MutableLog } from '../logging/log.js';
import type { EventSourcingSettings } from '../options/event-sourcing-options.js';
import { DeclaredReactors } from '../reactions/declared-reactors.js';
import { heldStreamsIn } from '../reactions/held/held-streams.aggregate.js';
import { ReactorHost } from '../reactions/reactor-host.js';
import { ServiceEventStore } from '../store/service-event-store.js';
import { LOG, OPTIONS, STORAGE } from '../tokens.js';
import type { ServiceRehearsal } from './service-rehearsal.js';

type Closers = (() => Promise<void>)[];

/**
 * Replays the topic that the application writes, which is opened to be read only, and does again what its reactors have done on the
 * topics that they react to. The application must not be initialised: nothing of it is opened for that, and its effects are left out.
 * What it says in its log is not heard. @throws LogUnavailable where nobody made one of the topics
 */
export const rehearseServiceTopic = async (app: INestApplication): Promise<ServiceRehearsal> => {
  const storage = app.get<Storage>(STORAGE);
  const { settings } = app.get<EventSourcingSettings>(OPTIONS);
  const { written: topic, all } = app.get(DeclaredAggregates);
  if (!topic) return { topics: [], readModels: [] };
  app.get<MutableLog>(LOG).mute();
  const { platform } = storage;
  const closers: Closers = [];
  try {
    const written = await openTopic(topic, storage, closers);
    const host = app.get(ReactorHost);
    const sources: RehearsedReactions[] = [];
    for (const one of app.get(DeclaredReactors).topics) {
      const { log, logId } = one.topic === topic.topic ? written : await openTopic(one, storage, closers);
      const reactionsTo = (type: string) => host.reactionsTo(one.topic, type);
      sources.push({ log, logId, catalogue: one.catalogue, reactionsTo });
    }
    const store = new RehearsedStore(written.log, platform);
    app.get(ServiceEventStore).rehearse(store);
    const rules = { settings, aggregates: [...all, heldStreamsIn(topic.topic)] };
    const reactions = { store, sources };
    return { topics: [await rehearseTopic({ ...written, ...rules, platform, reactions })], readModels: [] };
  } finally {
    await closeAll(closers);
  }
};

const openTopic = async ({ topic, catalogue }: Topic, storage: Storage, closers: Closers): Promise<RehearsedSource> => {
  const log = await storage.openLog(topic, { role: 'reader' });
  closers.push(() => log.close());
  return { log, logId: await verifyChain(log, storage.platform), catalogue };
};
