import { defineEvents, provisionChain } from '@ledgerline/es-core';
import { memoryLog, memoryStreamIndex, MemoryTopic, testPlatform, memoryReactorProgress } from '@ledgerline/es-testing';
import type { Adapters } from '../adapters/adapters.js';
import { environment } from '../config/environment.js';
import { readConfig } from '../config/read-config.js';
import { counter, counterEvents } from '../fixtures/counter.js';
import { MeetingPoint } from '../fixtures/meeting-point.js';
import { serviceLog } from '../logging/log.js';
import type { ServiceDefinition } from '../service-definition.js';
import { OwnEventStore } from '../store/own-event-store.js';
import type { InstancesOptions } from './instances.js';
import { ServiceAddress } from './service-address.js';
import { ServiceInstances } from './service-instances.js';

const service: ServiceDefinition = {
  ...{ name: 'counter-service', description: 'Counts.', environment, port: () => 0, module: class {}, parts: [] },
  ...{ aggregates: [counter], reactsTo: [counterEvents, defineEvents('jars.events', {})] },
};

describe('the instances of a service', () => {
  it('share out the partitions that the logs have, whatever TOPIC_PARTITIONS says', async () => {
    const log = memoryLog(new MemoryTopic({ topic: 'counters.events', partitions: 3 }));
    const platform = testPlatform({ seed: 1, startAt: '2026-01-01T00:00:00.000Z' });
    await provisionChain(log, platform);
    const shared: InstancesOptions['topics'][number][] = [];
    const point = new MeetingPoint();
    const adapters: Adapters = {
      ...{ platform, ownLog: () => Promise.resolve(log), index: () => Promise.resolve(memoryStreamIndex()) },
      instances: (options) => {
        shared.push(...options.topics);
        const resize = (topic: string, partitions: number): void => void shared.push({ topic, partitions });
        return Object.assign(point.instances(options), { resize });
      },
      lock: () => Promise.reject(new Error('not asked for')),
      foreignLog: () => Promise.reject(new Error('not asked for')),
      bareLog: () => Promise.reject(new Error('not asked for')),
      progress: () => memoryReactorProgress(),
      readModels: () => Promise.reject(new Error('not asked for')),
    };
    const config = readConfig(environment, { TOPIC_PARTITIONS: '8', ADVERTISED_URL: 'http://127.0.0.1:1' });
    const silent = serviceLog('spec', 'silent');
    const instances = new ServiceInstances(service, config, adapters, silent, new ServiceAddress(config));
    const store = new OwnEventStore(service, config, adapters, silent, instances);
    await store.open();
    // A topic of another service is taken to have as many as it is made with, until it was opened.
    expect(shared.splice(0)).toEqual([
      { topic: 'counters.events', partitions: 3 },
      { topic: 'jars.events', partitions: 8 },
    ]);
    await instances.share('jars.events', 5, () => Promise.resolve());
    expect(shared).toEqual([{ topic: 'jars.events', partitions: 5 }]);
    await store.close();
  });
});
