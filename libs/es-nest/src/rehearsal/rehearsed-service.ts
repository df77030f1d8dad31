import {
  type DomainEvent,
  type RehearsedReactions,
  RehearsedStore,
  rehearseTopic,
  type Source,
  type Storage,
  verifyChain,
} from '@ledgerline/es-core';
import type { INestApplication } from '@nestjs/common';
import { closeAll } from '../lifecycle/close-all.js';
import type { Log } from '../logging/log.js';
import { serviceSettings } from '../options/service-options.js';
import { DeclaredReactors } from '../reactions/declared-reactors.js';
import { ReactorHost } from '../reactions/reactor-host.js';
import { type ServiceDefinition, type Topic, writtenTopic } from '../service-definition.js';
import { heldStreamsIn } from '../reactions/held/held-streams.aggregate.js';
import { makeApplication } from '../start-service.js';
import { rehearsedEventStore } from './rehearsed-event-store.js';
import type { ServiceRehearsal } from './service-rehearsal.js';

type Closers = (() => Promise<void>)[];

/**
 * Replays the topic that the service writes, which is opened to be read only, and does again what its reactors have done on the
 * topics that it reacts to. Nothing of the service is opened for that, and its effects are left out.
 * @throws LogUnavailable where nobody made one of the topics
 */
export const rehearseOwnTopic = async (service: ServiceDefinition, storage: Storage): Promise<ServiceRehearsal> => {
  const { platform } = storage;
  const closers: Closers = [];
  try {
    const written = await openTopic(topicWrittenBy(service), storage, closers);
    const store = new RehearsedStore(written.log, platform);
    const app = await rehearsedApplication(service, { storage, store }, closers);
    const host = app.get(ReactorHost);
    const sources: RehearsedReactions[] = [];
    for (const topic of app.get(DeclaredReactors).topics) {
      const isWritten = topic.topic === written.log.topic;
      const { log, logId } = isWritten ? written : await openTopic(topic, storage, closers);
      const reactionsTo = (type: string) => host.reactionsTo(topic.topic, type);
      sources.push({ log, logId, catalogue: topic.catalogue, reactionsTo });
    }
    const { aggregates = [], settings = {} } = service;
    const topic = { ...written, platform, settings, aggregates: [...aggregates, heldStreamsIn(written.log.topic)] };
    return { topics: [await rehearseTopic({ ...topic, reactions: { store, sources } })], readModels: [] };
  } finally {
    await closeAll(closers);
  }
};

const topicWrittenBy = (service: ServiceDefinition): Topic => {
  const written = writtenTopic(service);
  if (!written) throw new Error(`${service.name} writes no topic`);
  return written;
};

const openTopic = async (
  { topic, catalogue }: Topic,
  storage: Storage,
  closers: Closers,
): Promise<Source<DomainEvent>> => {
  const log = await storage.openLog(topic, { role: 'reader' });
  closers.push(() => log.close());
  return { log, logId: await verifyChain(log, storage.platform), catalogue };
};

const nothing = (): void => undefined;
/** Reactors say in their log what they do, and here they do nothing. */
const SILENT: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** The very application that would be started, with nothing open. */
const rehearsedApplication = async (
  service: ServiceDefinition,
  { store, storage }: { readonly storage: Storage; readonly store: RehearsedStore },
  closers: Closers,
): Promise<INestApplication> => {
  const settings = serviceSettings(service.name, {});
  const replaced = [rehearsedEventStore(store)];
  const app = await makeApplication(service, { settings, storage, log: SILENT, replaced });
  closers.push(() => app.close());
  return app;
};
