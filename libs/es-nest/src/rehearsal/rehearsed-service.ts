import {
  type ReactionsToRehearse,
  RehearsedStore,
  type RehearsedSource,
  rehearseTopic,
  type Storage,
  verifyChain,
} from '@ledgerline/es-core';
import { closeAll } from '../lifecycle/close-all.js';
import type { Log } from '../logging/log.js';
import { serviceSettings } from '../options/service-options.js';
import { EventLogTransport } from '../reactions/event-log-transport.js';
import { type ServiceDefinition, type Topic, topicsOf, writtenTopic } from '../service-definition.js';
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
    const sources: RehearsedSource[] = [];
    for (const topic of topicsOf(service.reactsTo))
      sources.push(topic.topic === written.log.topic ? written : await openTopic(topic, storage, closers));
    const store = new RehearsedStore(written.log, platform);
    const reactionsTo = await reactionsOf(service, { storage, store }, closers);
    const { aggregates = [], settings = {} } = service;
    const topic = { ...written, platform, settings, aggregates: [...aggregates, heldStreamsIn(written.log.topic)] };
    return { topics: [await rehearseTopic({ ...topic, reactions: { store, sources, reactionsTo } })], readModels: [] };
  } finally {
    await closeAll(closers);
  }
};

const topicWrittenBy = (service: ServiceDefinition): Topic => {
  const written = writtenTopic(service);
  if (!written) throw new Error(`${service.name} writes no topic`);
  return written;
};

const openTopic = async ({ topic, catalogue }: Topic, storage: Storage, closers: Closers): Promise<RehearsedSource> => {
  const log = await storage.openLog(topic, { role: 'reader' });
  closers.push(() => log.close());
  return { log, logId: await verifyChain(log, storage.platform), catalogue };
};

const nothing = (): void => undefined;
/** Reactors say in their log what they do, and here they do nothing. */
const SILENT: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** The reactions of the very application that would be started. */
const reactionsOf = async (
  service: ServiceDefinition,
  { store, storage }: { readonly storage: Storage; readonly store: RehearsedStore },
  closers: Closers,
): Promise<ReactionsToRehearse['reactionsTo']> => {
  const settings = serviceSettings(service.name, {});
  const replaced = [rehearsedEventStore(store)];
  const app = await makeApplication(service, { settings, storage, log: SILENT, replaced });
  closers.push(() => app.close());
  const transport = app.get(EventLogTransport);
  return (type) => transport.reactionsTo(type);
};
