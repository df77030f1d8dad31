import {
  type ReactionsToRehearse,
  RehearsedStore,
  type RehearsedAggregate,
  type RehearsedSource,
  rehearseTopic,
  verifyChain,
} from '@ledgerline/es-core';
import type { Adapters } from '../adapters/adapters.js';
import type { ServiceConfig } from '../config/environment.js';
import { closeAll } from '../lifecycle/close-all.js';
import type { Log } from '../logging/log.js';
import { EventLogTransport } from '../reactions/event-log-transport.js';
import type { ServiceDefinition, Topic } from '../service-definition.js';
import { makeApplication } from '../start-service.js';
import { rehearsedEventStore } from './rehearsed-event-store.js';
import { rehearsedHeldStreams } from './rehearsed-held-streams.js';
import type { ServiceRehearsal } from './service-rehearsal.js';

export interface RehearsedService<Config extends ServiceConfig> {
  readonly config: Config;
  readonly adapters: Adapters;
  /** Every kind of aggregate of the service. */
  readonly aggregates: readonly RehearsedAggregate[];
}

type Closers = (() => Promise<void>)[];

/**
 * Replays the topic that the service writes, which is opened to be read only, and does again what its reactors have done on the
 * topics that it reacts to. Nothing of the service is opened for that, and its effects are left out.
 * @throws LogUnavailable where nobody made one of the topics
 */
export const rehearseOwnTopic = async <Config extends ServiceConfig>(
  service: ServiceDefinition<Config>,
  { config, adapters, aggregates }: RehearsedService<Config>,
): Promise<ServiceRehearsal> => {
  const { platform } = adapters;
  const closers: Closers = [];
  try {
    const written = await openTopic(topicWrittenBy(service), adapters, closers);
    const sources: RehearsedSource[] = [];
    for (const topic of service.reactsTo)
      sources.push(topic.topic === written.log.topic ? written : await openTopic(topic, adapters, closers));
    const store = new RehearsedStore(written.log, platform);
    const reactionsTo = await reactionsOf(service, { config, adapters, store }, closers);
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
  adapters: Adapters,
  closers: Closers,
): Promise<RehearsedSource> => {
  const log = await adapters.foreignLog(topic);
  closers.push(() => log.close());
  return { log, logId: await verifyChain(log, adapters.platform), catalogue };
};

const nothing = (): void => undefined;
/** Reactors say in their log what they do, and here they do nothing. */
const SILENT: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** The reactions of the very application that would be started. */
const reactionsOf = async <Config extends ServiceConfig>(
  service: ServiceDefinition<Config>,
  { store, ...given }: { readonly config: Config; readonly adapters: Adapters; readonly store: RehearsedStore },
  closers: Closers,
): Promise<ReactionsToRehearse['reactionsTo']> => {
  const surroundings = { ...given, log: SILENT, replaced: [rehearsedEventStore(store)] };
  const app = await makeApplication(service as unknown as ServiceDefinition, surroundings);
  closers.push(() => app.close());
  const transport = app.get(EventLogTransport);
  return (type) => transport.reactionsTo(type);
};
