import { AppendForbidden, defineEvents, type EventOf, LogUnavailable } from '@ledgerline/es-core';
import { type LogProblem, type PartitionedLog, provisionChain } from '@ledgerline/es-core/adapter';
import { eventually, memoryLog, memoryStorage, MemoryTopic, testPlatform } from '@ledgerline/es-testing';
import { z } from 'zod';
import { counter } from '../fixtures/counter.js';
import type { Log, LogFacts } from '../logging/log.js';
import { EventSourcingModule } from '../event-sourcing.module.js';
import { type RunningService, startService } from '../fastify/start-service.js';
import { serviceWith } from '../fixtures/service-with.js';
import { On, Reactor } from '../reactions/reactor.decorators.js';
import { ServiceEventStore } from './service-event-store.js';

const [written, read] = ['counters.events', 'jars.events'] as const;
const jarEvents = defineEvents(read, { CoinAdded: z.object({}) });

@Reactor('jars', { from: 'start' })
class JarReactor {
  @On(jarEvents, 'CoinAdded') look(_event: EventOf<typeof jarEvents>): void {}
}

const added: LogProblem = { message: 'it has a partition too many: leave it', promise: 'kept' };
const weak: LogProblem = { message: 'min.insync.replicas is 1: set it to 2', promise: 'weakened' };
const compacted: LogProblem = { message: 'it is compacted: set cleanup.policy=delete', promise: 'broken' };

const CHECK_S = 17;
/** How often a log is asked whether it answers, and when it is silent; in other milliseconds here. */
const SHORTENED = new Map([
  [2_000, 10],
  [7_000, 200],
]);

describe('the watch over the settings of the topics that a service has open', () => {
  const timers = new Map<object, () => void>();
  let topics: Record<string, MemoryTopic>;
  let problems: Record<string, readonly LogProblem[] | Error>;
  let looks: number;
  let logged: [level: string, event: string, reason: unknown][];
  let running: RunningService;
  /** What becomes of each thing that is asked of the logs. */
  let asked: () => Promise<unknown>;
  let appended: () => Promise<unknown>;

  /** Its timers are those of the machine, but for the looks, which the cases start. */
  const machine = testPlatform({ seed: 1, startAt: '2026-01-01T00:00:00.000Z' });
  const platform = {
    ...machine,
    setTimer: (ms: number, run: () => void): (() => void) => {
      if (ms !== CHECK_S * 1_000) return machine.setTimer(SHORTENED.get(ms) ?? ms, run);
      const timer = {};
      timers.set(timer, run);
      return () => void timers.delete(timer);
    },
  };

  const opened = (topic: string): Promise<PartitionedLog> => {
    const log = memoryLog(topics[topic] ?? new MemoryTopic());
    const [bounds, append] = [log.bounds.bind(log), log.append.bind(log)];
    log.bounds = (partition) => asked().then(() => bounds(partition));
    log.append = (partition, records) => appended().then(() => append(partition, records));
    log.problems = () => {
      looks += 1;
      const found = problems[topic] ?? [];
      return found instanceof Error ? Promise.reject(found) : Promise.resolve(found);
    };
    return Promise.resolve(log);
  };

  const start = async (): Promise<void> => {
    const storage = memoryStorage({ platform, openLog: opened });
    const at = (level: string) => (event: string, facts?: LogFacts) => {
      if (/^(log|append)-/.test(event)) logged.push([level, event, facts?.['reason']]);
    };
    const log: Log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
    const options = { storage, log, topicCheckIntervalMs: CHECK_S * 1_000 };
    const counters = EventSourcingModule.forFeature({ aggregates: [counter] });
    const module = { module: class {}, imports: [counters], providers: [JarReactor] };
    running = await startService(serviceWith({ service: 'counter-service', ...options }, module));
    await running.ready;
  };

  beforeEach(async () => {
    topics = {};
    for (const topic of [written, read]) {
      const made = new MemoryTopic({ topic, partitions: 1 });
      topics[topic] = made;
      await provisionChain(memoryLog(made), platform);
    }
    [problems, logged, looks] = [{}, [], 0];
    asked = appended = () => Promise.resolve();
  });
  afterEach(async () => {
    await running.close();
    expect(timers.size).toBe(0);
  });

  /** The time of the next look has come, for every topic; resolves when each has been looked at. */
  const look = async (): Promise<void> => {
    await eventually(() => expect(timers.size).toBe(2));
    const due = [...timers.values()];
    timers.clear();
    for (const run of due) run();
    await eventually(() => expect(timers.size).toBe(2));
  };

  const readiness = async (): Promise<unknown> => {
    const answer = await fetch(`${running.url}/health/ready`);
    const body = (await answer.json()) as { details?: { service: { degraded?: unknown } }; detail?: string };
    return [answer.status, body.detail ?? body.details?.service.degraded];
  };

  const counted = async (topic: string): Promise<unknown> => {
    const metrics = await (await fetch(`${running.url}/metrics`)).text();
    const count = (promise: string): number => {
      const line = metrics
        .split('\n')
        .find((one) => one.includes('log_problems{') && one.includes(topic) && one.includes(promise));
      return Number(line?.split(' ').at(-1));
    };
    return ['kept', 'weakened', 'broken'].map(count);
  };

  it('names what is there at the start, and what comes later, until it is mended', async () => {
    problems = { [written]: [added] };
    await start();
    const first = `${written}: ${added.message}`;
    expect([await readiness(), await counted(written)]).toEqual([
      [200, [first]],
      [1, 0, 0],
    ]);
    expect(logged.splice(0)).toEqual([['warn', 'log-problem', added.message]]);

    problems = { [written]: [added, weak], [read]: [added] };
    await look();
    await look();
    const all = [first, `${written}: ${weak.message}`, `${read}: ${added.message}`];
    expect([await readiness(), await counted(written), await counted(read)]).toEqual([
      [200, all],
      [1, 1, 0],
      [1, 0, 0],
    ]);
    expect(logged.splice(0)).toEqual([
      ['warn', 'log-problem', weak.message],
      ['warn', 'log-problem', added.message],
    ]);

    problems = {};
    await look();
    expect([await readiness(), await counted(written), await counted(read)]).toEqual([
      [200, undefined],
      [0, 0, 0],
      [0, 0, 0],
    ]);
    expect(logged.map(([, event]) => event)).toEqual([
      'log-problem-mended',
      'log-problem-mended',
      'log-problem-mended',
    ]);
  });

  it('takes the service out of the way while a topic that it writes loses events, and back when that is mended', async () => {
    await start();
    problems = { [written]: [added, compacted] };
    await look();
    expect(await readiness()).toEqual([500, `${written}: ${compacted.message}`]);
    expect(logged[1]).toEqual(['error', 'log-problem', compacted.message]);
    problems = { [written]: [added] };
    await look();
    expect(await readiness()).toEqual([200, [`${written}: ${added.message}`]]);
  });

  it('leaves it ready where it only reads what loses events', async () => {
    await start();
    problems = { [read]: [compacted] };
    await look();
    expect(await readiness()).toEqual([200, [`${read}: ${compacted.message}`]]);
  });

  it('says that it cannot look, keeps what it knows, and looks again', async () => {
    await start();
    problems = { [written]: [added] };
    await look();
    problems = { [written]: new LogUnavailable('no broker answers') };
    await look();
    await look();
    const unchecked = 'its settings could not be checked: the log is not available: no broker answers';
    expect(await readiness()).toEqual([200, [`${written}: ${added.message}`, `${written}: ${unchecked}`]]);
    expect(logged.slice(1)).toEqual([['warn', 'log-problem', unchecked]]);
    problems = {};
    await look();
    expect(await readiness()).toEqual([200, undefined]);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['says nothing', () => new Promise(() => undefined)],
    ['fails', () => Promise.reject(new LogUnavailable('no broker answers'))],
  ])('takes the service out of the way while a log %s for seven seconds, and back when it answers', async (_, away) => {
    await start();
    // Both are open by then.
    await look();
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    asked = () => Promise.race([away(), ended]);
    const silent = `the log is not available: ${written} has not answered for more than 7 s`;
    await eventually(async () => expect(await readiness()).toEqual([503, silent]));
    await eventually(() => expect(logged.filter(([, event]) => event === 'log-silent')).toHaveLength(2));
    asked = () => Promise.resolve();
    end();
    await eventually(async () => expect(await readiness()).toEqual([200, undefined]));
    expect(logged.map(([level, event]) => [level, event])).toEqual([
      ['warn', 'log-silent'],
      ['warn', 'log-silent'],
      ['info', 'log-answers'],
      ['info', 'log-answers'],
    ]);
  });

  it('takes the service out of the way while it may not append, says so once, and back when it may', async () => {
    await start();
    const missing = 'this principal may not write the topic: grant it Write on the topic';
    appended = () => Promise.reject(new AppendForbidden(missing));
    const store = running.app.get(ServiceEventStore);
    const fold = { initialState: 0, evolve: () => 0, revision: '' };
    const submission = {
      stream: 'counter-1',
      commandId: 'c',
      commandType: 'Count',
      fingerprint: 'f',
      metadata: {},
      fold,
    };
    const outcome = store.submit({ ...submission, decide: () => ({ events: [{ type: 'Counted.v1', data: '{}' }] }) });
    await eventually(async () =>
      expect(await readiness()).toEqual([500, `${written}: the log refused the batch: ${missing}`]),
    );
    appended = () => Promise.resolve();
    await expect(outcome).rejects.toMatchObject({ code: 'append-refused' });
    expect(await readiness()).toEqual([200, undefined]);
    expect(logged.map(([level, event]) => [level, event])).toEqual([
      ['error', 'append-forbidden'],
      ['info', 'append-allowed'],
    ]);
  });

  it('names what is wrong with a topic that is waited for, and logs it once though it is opened again and again', async () => {
    problems = { [read]: [weak] };
    await start();
    const before = looks;
    await eventually(() => expect(looks).toBeGreaterThan(before + 2));
    expect(await readiness()).toEqual([200, [`${read}: ${weak.message}`]]);
    expect(logged).toEqual([['warn', 'log-problem', weak.message]]);
    problems = {};
    await eventually(async () => expect(await readiness()).toEqual([200, undefined]));
  });
});
