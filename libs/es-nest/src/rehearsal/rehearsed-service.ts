import {
  type DomainEvent,
  type ReactionsToRehearse,
  RehearsedStore,
  type RehearsedAggregate,
  rehearseTopic,
  type Source,
  type Storage,
  verifyChain,
} from '@ledgerline/es-core';
import { closeAll } from '../lifecycle/close-all.js';
import type { Log } from '../logging/log.js';
import { serviceSettings } from '../options/service-options.js';
import { EventLogTransport } from '../reactions/event-log-transport.js';
import type { ServiceDefinition, Topic } from '../service-definition.js';
import { makeApplication } from '../start-service.js';
import { rehearsedEventStore } from './rehearsed-event-store.js';
import { rehearsedHeldStreams } from './rehearsed-held-streams.js';
import type { ServiceRehearsal } from './service-rehearsal.js';

export interface RehearsedService {
  readonly storage: Storage;
  /** Every kind of aggregate of the service. */
  readonly aggregates: readonly RehearsedAggregate[];
}

type Closers = (() => Promise<void>)[];

/**
 * Replays the topic that the service writes, which is opened to be read only, and does again what its reactors have done on the
 * topics that it reacts to. Nothing of the service is opened for that, and its effects are left out.
 * @throws LogUnavailable where nobody made one of the topics
 */
export const rehearseOwnTopic = async (
  service: ServiceDefinition,
  { storage, aggregates }: RehearsedService,
): Promise<ServiceRehearsal> => {
  const { platform } = storage;
  const closers: Closers = [];
  try {
    const written = await openTopic(topicWrittenBy(service), storage, closers);
    const sources: Source<DomainEvent>[] = [];
    for (const topic of service.reactsTo)
      sources.push(topic.topic === written.log.topic ? written : await openTopic(topic, storage, closers));
    const store = new RehearsedStore(written.log, platform);
    const reactionsTo = await reactionsOf(service, { storage, store }, closers);
    const topic = { ...written, platform, aggregates: [...aggregates, rehearsedHeldStreams] };
    return { topics: [await rehearseTopic({ ...topic, reactions: { store, sources, reactionsTo } })], readModels: [] };
  } finally {
    await closeAll(closers);
  }
};

const topicWrittenBy = ({ name, ownTopic }: Pick<ServiceDefinition, 'name' | 'ownTopic'>): Topic => {
  if (!ownTopic) throw new Error(`${name} writes no topic`);
  return ownTopic;
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
