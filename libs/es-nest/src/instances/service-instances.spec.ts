import { defineEvents, type EventOf } from '@ledgerline/es-core';
import { type InstancesOptions, provisionChain } from '@ledgerline/es-core/adapter';
import { memoryLog, memoryStorage, MemoryTopic, testPlatform } from '@ledgerline/es-testing';
import { z } from 'zod';
import { counterEvents } from '../fixtures/counter.js';
import { MeetingPoint } from '../fixtures/meeting-point.js';
import { unopenedStore } from '../fixtures/service-with.js';
import { On, Reactor } from '../reactions/reactor.decorators.js';

const jarEvents = defineEvents('jars.events', { CoinAdded: z.object({}) });

/** Names events of the own topic, and of another service's. */
@Reactor('filling', { from: 'start' })
class FillingReactor {
  @On(counterEvents, 'Counted')
  @On(jarEvents, 'CoinAdded')
  fill(_event: EventOf<typeof counterEvents, 'Counted'> | EventOf<typeof jarEvents>): void {}
}

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
    const options = { service: 'counter-service', storage, advertisedUrl: 'http://127.0.0.1:1' };
    const { store, instances } = await unopenedStore(options, { module: class {}, providers: [FillingReactor] });
    await store.open();
    // How many partitions a topic of another service has, is not known until it was opened.
    expect(shared.splice(0)).toEqual([{ topic: 'counters.events', partitions: 3 }, { topic: 'jars.events' }]);
    await instances.share('jars.events', 5, () => Promise.resolve());
    expect(shared).toEqual([{ topic: 'jars.events', partitions: 5 }]);
    await store.close();
  });
});
