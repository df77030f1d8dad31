import { defineEvents, type InstancesOptions, provisionChain } from '@ledgerline/es-core';
import { memoryLog, memoryStorage, MemoryTopic, testPlatform } from '@ledgerline/es-testing';
import { counter, counterEvents } from '../fixtures/counter.js';
import { MeetingPoint } from '../fixtures/meeting-point.js';
import { serviceLog } from '../logging/log.js';
import { serviceSettings } from '../options/service-options.js';
import type { ServiceDefinition } from '../service-definition.js';
import { OwnEventStore } from '../store/own-event-store.js';
import { ServiceAddress } from './service-address.js';
import { ServiceInstances } from './service-instances.js';

const service: ServiceDefinition = {
  ...{ name: 'counter-service', description: 'Counts.', module: class {}, parts: [] },
  ...{ aggregates: [counter], reactsTo: [counterEvents, defineEvents('jars.events', {})] },
};

describe('the instances of a service', () => {
  it('share out the partitions that the logs have, as soon as they are known', async () => {
    const log = memoryLog(new MemoryTopic({ topic: 'counters.events', partitions: 3 }));
    const platform = testPlatform({ seed: 1, startAt: '2026-01-01T00:00:00.000Z' });
    await provisionChain(log, platform);
    const shared: InstancesOptions['topics'][number][] = [];
    const point = new MeetingPoint();
    const storage = memoryStorage({
      ...{ platform, openLog: () => Promise.resolve(log) },
      openInstances: (options) => {
        shared.push(...options.topics);
        const resize = (topic: string, partitions: number): void => void shared.push({ topic, partitions });
        return Object.assign(point.instances(options), { resize });
      },
    });
    const settings = serviceSettings(service.name, { advertisedUrl: 'http://127.0.0.1:1' });
    const silent = serviceLog('spec', 'silent');
    const instances = new ServiceInstances(service, settings, storage, silent, new ServiceAddress(settings));
    const store = new OwnEventStore(service, settings, storage, silent, instances);
    await store.open();
    // How many partitions a topic of another service has, is not known until it was opened.
    expect(shared.splice(0)).toEqual([{ topic: 'counters.events', partitions: 3 }, { topic: 'jars.events' }]);
    await instances.share('jars.events', 5, () => Promise.resolve());
    expect(shared).toEqual([{ topic: 'jars.events', partitions: 5 }]);
    await store.close();
  });
});
