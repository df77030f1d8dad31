import { unopenedStore } from '../fixtures/service-with.js';
import type { Platform } from '@ledgerline/es-core';
import { type Instances, provisionChain } from '@ledgerline/es-core/adapter';
import {
  memoryLog,
  memoryReactorProgress,
  memoryStorage,
  memoryStreamIndex,
  MemoryTopic,
  testPlatform,
} from '@ledgerline/es-testing';

const topic = 'counters.events';
/** Another instance holds everything. */
const nothingHeld: Instances = {
  ...{ term: undefined, isInformed: true, join: () => Promise.resolve(), leave: () => Promise.resolve() },
  ...{ held: () => [], holder: () => undefined, onChange: () => () => undefined, resize: () => undefined },
  progress: () => memoryReactorProgress(),
};

describe('the own event store', () => {
  it('does not wait for long for a log that is away, so that whoever asks does not keep the service from ending', async () => {
    const log = memoryLog(new MemoryTopic({ topic, partitions: 1 }));
    const platform = testPlatform({ seed: 1, startAt: '2026-01-01T00:00:00.000Z' });
    await provisionChain(log, platform);
    const soon: Platform = { ...platform, setTimer: (ms, run) => platform.setTimer(ms === 5_000 ? 20 : ms, run) };
    const storage = memoryStorage({
      ...{ platform: soon, openLog: () => Promise.resolve(log), openInstances: () => nothingHeld },
    });
    const { store } = await unopenedStore({ service: 'counter-service', storage, advertisedUrl: 'http://127.0.0.1:1' });
    await store.open();
    const { read } = log;
    let end = (): void => undefined;
    const away = new Promise<undefined>((resolve) => (end = () => resolve(undefined)));
    log.read = () => ({ next: () => away, close: () => Promise.resolve() });
    const refused = { code: 'log-unavailable', retriable: true };
    await Promise.all([
      expect(store.ensureUpToDate('counter-1')).rejects.toMatchObject(refused),
      expect(store.catchUpWith('counter-1')).rejects.toMatchObject(refused),
    ]);
    log.read = read;
    end();
    await store.close();
  });

  it('closes its log also where its index cannot be closed, and says so', async () => {
    const closed: string[] = [];
    const log = memoryLog(new MemoryTopic({ topic, partitions: 1 }));
    const platform = testPlatform({ seed: 1, startAt: '2026-01-01T00:00:00.000Z' });
    await provisionChain(log, platform);
    const index = memoryStreamIndex();
    const closeLog = log.close.bind(log);
    log.close = () => closeLog().then(() => void closed.push('log'));
    index.close = () => Promise.reject(new Error('the disk is gone'));
    const storage = memoryStorage({
      ...{ platform, openLog: () => Promise.resolve(log), openIndex: () => Promise.resolve(index) },
    });
    const { store } = await unopenedStore({ service: 'counter-service', storage, advertisedUrl: 'http://127.0.0.1:1' });
    await store.open();
    await expect(store.close()).rejects.toThrow('the disk is gone');
    expect(closed).toEqual(['log']);
  });
});
