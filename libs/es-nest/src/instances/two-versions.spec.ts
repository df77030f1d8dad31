import {
  accept,
  Aggregate,
  type Decider,
  type EventCatalogue,
  eventCatalogue,
  eventType,
  ignoreUnknown,
  pastVersions,
  provisionChain,
  splitType,
} from '@ledgerline/es-core';
import { memoryLog, memoryStorage, MemoryTopic, type Send, sendTo, testPlatform } from '@ledgerline/es-testing';
import { Body, Controller, Get, HttpCode, Inject, Module, Param, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { MeetingPoint } from '../fixtures/meeting-point.js';
import { SPEC_SECRET } from '../fixtures/peer.js';
import {
  accepted,
  OwnEventStore,
  type RunningService,
  type ServiceDefinition,
  startService,
  stateThen,
  writtenAnswer,
} from '../index.js';

type Counted = { readonly type: 'Counted'; readonly data: { readonly by: number } };
type CountedIn = { readonly type: 'Counted'; readonly data: { readonly by: number; readonly unit: string } };
type Bumped = { readonly type: 'Bumped'; readonly data: Record<string, never> };
type Halved = { readonly type: 'Halved'; readonly data: Record<string, never> };
type AnyEvent = Counted | CountedIn | Bumped | Halved;
type Command = { readonly type: 'Count' | 'Bump' | 'Halve'; readonly at: string; readonly by: number };

const [countedV1, nothing] = [z.object({ by: z.int() }), z.object({})];
const countedV2 = countedV1.extend({ unit: z.string() });

const olderEvents = eventCatalogue<Counted | Bumped>([
  ...[eventType<Counted>('Counted', [countedV1]), eventType<Bumped>('Bumped', [nothing])],
]);
const newerEvents = eventCatalogue<CountedIn | Halved>(
  [
    eventType<CountedIn>('Counted', [countedV1, countedV2], [(data: { by: number }) => ({ ...data, unit: 'piece' })]),
    eventType<Halved>('Halved', [nothing]),
  ],
  [
    splitType(pastVersions('Bumped', [nothing]), ['Counted.v1'], () =>
      [1, 1].map((by) => ({ type: 'Counted.v1', data: { by } })),
    ),
  ],
);

interface Counter {
  readonly sum: number;
}

const decide = (_state: Counter, { type, by }: Command) => {
  if (type === 'Count') return accept({ type: 'Counted', data: { by, unit: 'piece' } } as const);
  return accept({ type: type === 'Bump' ? 'Bumped' : 'Halved', data: {} } as Bumped | Halved);
};

/** As the release before decides: it knows of no units. */
const decideBefore = (state: Counter, command: Command) =>
  command.type === 'Count' ? accept<AnyEvent>({ type: 'Counted', data: { by: command.by } }) : decide(state, command);

const counter: Decider<Counter, Command, AnyEvent> = {
  initialState: { sum: 0 },
  decide,
  evolve: ({ sum }, event) => {
    switch (event.type) {
      case 'Counted':
        return { sum: sum + event.data.by };
      case 'Bumped':
        return { sum: sum + 2 };
      case 'Halved':
        return { sum: sum / 2 };
      default:
        return ignoreUnknown(event, { sum });
    }
  },
};

class Counters extends Aggregate<Counter, Command, AnyEvent> {
  constructor(@Inject(OwnEventStore) store: OwnEventStore) {
    const catalogue = store.ownTopic.catalogue as EventCatalogue<AnyEvent>;
    const isOlder = store.ownTopic.catalogue === (olderEvents as EventCatalogue<never>);
    const decider = isOlder ? { ...counter, decide: decideBefore } : counter;
    super({
      ...{ store, platform: store.platform, category: 'counter', decider, catalogue },
      code: { from: import.meta.url, modules: [] },
    });
  }
}

@Controller('counters')
class CounterController {
  constructor(
    @Inject(Counters) private readonly counters: Counters,
    @Inject(OwnEventStore) private readonly store: OwnEventStore,
  ) {}

  @Post(':id')
  @HttpCode(200)
  async command(
    @Param('id') id: string,
    @Body() { type, by = 0 }: { type: Command['type']; by?: number },
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return writtenAnswer(reply, accepted(await this.counters.handle(id, { type, by })));
  }

  @Get(':id')
  async read(@Param('id') id: string, @Res({ passthrough: true }) reply: FastifyReply) {
    return await stateThen({ aggregate: this.counters, id, then: {}, reply }, this.store);
  }
}

@Module({ controllers: [CounterController], providers: [Counters] })
class CounterModule {}

const topic = 'counters.events';
const platform = testPlatform({ seed: 1 });

const serviceOf = (catalogue: EventCatalogue<never>): ServiceDefinition => ({
  ...{ name: 'counter-service', description: 'Counts.', module: CounterModule },
  ...{ parts: [OwnEventStore], ownTopic: { topic, catalogue, categories: ['counter'] }, reactsTo: [] },
});

describe('an older and a newer instance of a service', () => {
  let log: MemoryTopic;
  let point: MeetingPoint;
  let running: RunningService[];
  let older: Send;
  let newer: Send;

  const start = async (catalogue: EventCatalogue<never>): Promise<Send> => {
    const storage = memoryStorage({ platform, openInstances: point.instances, topics: new Map([[topic, log]]) });
    const options = { storage, logLevel: 'silent', instanceSecret: SPEC_SECRET } as const;
    const started = await startService(serviceOf(catalogue), options);
    running.push(started);
    await started.ready;
    return sendTo(() => started.url);
  };
  const send = (to: Send, type: Command['type'], by = 0) => to('POST', '/counters/c', { type, by });
  const sums = async () => [
    ...[(await older('GET', '/counters/c')).json['sum'], (await newer('GET', '/counters/c')).json['sum']],
  ];
  const trail = async (at: Send, query = ''): Promise<unknown> =>
    (await at('GET', `/streams/counter-c/events${query}`)).json['items'];

  beforeEach(async () => {
    log = new MemoryTopic({ topic, partitions: 1 });
    await provisionChain(memoryLog(log), platform);
    [point, running] = [new MeetingPoint(), []];
    older = await start(olderEvents as EventCatalogue<never>);
    newer = await start(newerEvents as EventCatalogue<never>);
  });
  afterEach(async () => {
    for (const one of running) await one.close();
  });

  it.each([
    ['older', 0],
    ['newer', 1],
  ])('both take commands and know the same, the %s being the preferred writer', async (_, holder) => {
    await point.give(holder);
    for (let i = 0; i < 5; i += 1)
      for (const to of [older, newer]) expect(await send(to, 'Count', 1)).toMatchObject({ status: 200 });
    expect(await sums()).toEqual([10, 10]);
  });

  it('both write at once, each its own version, and know the same', async () => {
    await point.give(0);
    await send(older, 'Count', 1);
    await point.give(1);
    await send(newer, 'Count', 1);
    await point.give(0);
    await send(older, 'Count', 1);
    expect(await sums()).toEqual([3, 3]);
    expect(await trail(newer, '?raw=true')).toMatchObject([
      { type: 'Counted.v1', data: { by: 1 } },
      { type: 'Counted.v2', data: { by: 1, unit: 'piece' } },
      { type: 'Counted.v1', data: { by: 1 } },
    ]);
  });

  it('the older decides nothing where it does not know everything, and the newer does so itself', async () => {
    await point.give(1);
    for (const type of ['Count', 'Halve'] as const) expect((await send(newer, type, 8)).status).toBe(200);
    await point.give(0);
    const refused = await send(older, 'Count', 1);
    expect(refused).toMatchObject({ status: 503, json: { code: 'newer-event', retriable: true } });
    expect(refused.headers.get('retry-after')).not.toBeNull();
    expect(await send(newer, 'Count', 1)).toMatchObject({ status: 200, json: { version: 3 } });
    expect(await sums()).toEqual([9, 5]);
    expect(await older('POST', '/counters/d', { type: 'Count', by: 1 })).toMatchObject({ status: 200 });
  });

  it('the older hands over what it cannot decide where the newer is the preferred writer', async () => {
    await point.give(1);
    for (const type of ['Count', 'Halve'] as const) await send(newer, type, 8);
    expect(await send(older, 'Count', 1)).toMatchObject({ status: 200, json: { version: 3 } });
    expect(await sums()).toEqual([9, 5]);
  });

  it('both show every event, as what they know of it', async () => {
    await point.give(0);
    await send(older, 'Bump');
    await point.give(1);
    await send(newer, 'Halve');
    expect(await trail(older)).toMatchObject([{ type: 'Bumped' }, { type: 'Halved.v1', data: {} }]);
    const counted = { version: 1, type: 'Counted', data: { by: 1, unit: 'piece' } };
    expect(await trail(newer)).toMatchObject([counted, counted, { version: 2, type: 'Halved' }]);
    expect(await trail(newer, '?from=2')).toMatchObject([{ version: 2 }]);
    expect(await trail(newer, '?limit=1')).toMatchObject([counted, counted]);
  });
});
