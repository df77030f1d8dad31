import { LogMisconfigured, LogUnavailable } from '@ledgerline/es-core';
import { type PartitionedLog, provisionChain } from '@ledgerline/es-core/adapter';
import { eventually, memoryLog, memoryStorage, MemoryTopic, testPlatform } from '@ledgerline/es-testing';
import { counter } from '../fixtures/counter.js';
import type { Log, LogFacts } from '../logging/log.js';
import { EventSourcingModule } from '../event-sourcing.module.js';
import { type RunningService, startService } from '../fastify/start-service.js';
import { serviceWith } from '../fixtures/service-with.js';

const topic = 'counters.events';
describe('a service whose log is away when it starts', () => {
  let fails: Error | undefined;
  let opened: number;
  let awaited: LogFacts[];
  let log: PartitionedLog;
  let running: RunningService;

  const start = async (): Promise<void> => {
    const machine = testPlatform({ seed: 1, startAt: '2026-01-01T00:00:00.000Z' });
    // It waits for up to two seconds at a time, which are fewer here.
    const platform = { ...machine, setTimer: (ms: number, run: () => void) => machine.setTimer(Math.min(ms, 20), run) };
    log = memoryLog(new MemoryTopic({ topic, partitions: 1 }));
    await provisionChain(log, machine);
    const storage = memoryStorage({
      platform,
      openLog: () => {
        opened += 1;
        return fails ? Promise.reject(fails) : Promise.resolve(log);
      },
    });
    const keep = (event: string, facts: LogFacts = {}): void => void (event === 'log-awaited' && awaited.push(facts));
    const logger: Log = { debug: keep, info: keep, warn: keep, error: keep };
    running = await startService(
      serviceWith(
        { service: 'counter-service', storage, log: logger },
        EventSourcingModule.forFeature({ aggregates: [counter] }),
      ),
    );
  };

  beforeEach(async () => {
    [opened, awaited, fails] = [0, [], new LogUnavailable('no broker answers at kafka-1:9092')];
    await start();
    await eventually(() => expect(opened).toBeGreaterThan(3));
  });
  afterEach(() => running.close());

  const readiness = async (): Promise<unknown> => {
    const answer = await fetch(`${running.url}/health/ready`);
    return [answer.status, ((await answer.json()) as { code?: string }).code];
  };

  it('waits, is not ready, says once what it waits for, and works as soon as the log is there', async () => {
    expect(await readiness()).toEqual([503, 'service-not-ready']);
    const reason = 'the log is not available: no broker answers at kafka-1:9092';
    expect(awaited).toMatchObject([{ code: 'log-unavailable', reason }]);
    fails = undefined;
    await running.ready;
    expect([await readiness(), awaited.length]).toEqual([[200, undefined], 1]);
  });

  it('ends at what somebody has to mend, also when it has waited', async () => {
    fails = new LogMisconfigured(topic, ['there is no such topic']);
    await expect(running.ready).rejects.toMatchObject({ code: 'log-misconfigured' });
  });

  it('ends when it is told to while it waits', async () => {
    await running.close();
    const before = opened;
    fails = undefined;
    await running.ready;
    expect(opened).toBe(before);
  });

  it('waits as well for a log that goes away again while it is opened', async () => {
    const { bounds } = log;
    let away = true;
    log.bounds = (partition) => (away ? Promise.reject(new LogUnavailable('gone again')) : bounds.call(log, partition));
    fails = undefined;
    await eventually(() =>
      expect(awaited.at(-1)).toMatchObject({ reason: expect.stringContaining('gone again') as string }),
    );
    expect(await readiness()).toEqual([503, expect.any(String)]);
    away = false;
    await running.ready;
    expect(await readiness()).toEqual([200, undefined]);
  });
});
