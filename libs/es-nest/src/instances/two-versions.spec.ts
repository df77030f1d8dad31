import {
  accept,
  type AnyAggregate,
  type CommandOf,
  defineAggregate,
  defineEvents,
  since,
  split,
} from '@ledgerline/es-core';
import { provisionChain } from '@ledgerline/es-core/adapter';
import { memoryLog, memoryStorage, MemoryTopic, type Send, sendTo, testPlatform } from '@ledgerline/es-testing';
import { Body, Controller, type DynamicModule, Get, HttpCode, Inject, Param, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { type RunningService, startService } from '../fastify/start-service.js';
import { MeetingPoint } from '../fixtures/meeting-point.js';
import { SPEC_SECRET } from '../fixtures/peer.js';
import { serviceWith } from '../fixtures/service-with.js';
import {
  accepted,
  type AggregateOf,
  EventSourcingModule,
  ServiceEventStore,
  stateAsOf,
  writtenAnswer,
} from '../index.js';
import { aggregateToken } from '../aggregates/inject-aggregate.js';

const topic = 'counters.events';
const [countedV1, nothing] = [z.object({ by: z.int() }), z.object({})];
const countedV2 = countedV1.extend({ unit: z.string() });
const by = z.object({ by: z.int() });
const shared = {
  ...{ category: 'counter', commands: { Count: by, Bump: nothing, Halve: nothing } },
  initialState: { sum: 0 },
};

/** It knows of no units. */
const olderCounter = defineAggregate({
  ...shared,
  events: defineEvents(topic, { Counted: countedV1, Bumped: nothing }),
  decide: {
    Count: (_state, { by }) => accept({ type: 'Counted', data: { by } }),
    Bump: () => accept({ type: 'Bumped', data: {} }),
    Halve: () => accept(),
  },
  evolve: {
    Counted: ({ sum }, { data }) => ({ sum: sum + data.by }),
    Bumped: ({ sum }) => ({ sum: sum + 2 }),
  },
});
const newerCounter = defineAggregate({
  ...shared,
  events: defineEvents(
    topic,
    { Counted: since(countedV1).to(countedV2, (data) => ({ ...data, unit: 'piece' })), Halved: nothing },
    {
      past: [
        split('Bumped', nothing, ['Counted.v1'], () => [1, 1].map((by) => ({ type: 'Counted.v1', data: { by } }))),
      ],
    },
  ),
  decide: {
    Count: (_state, { by }) => accept({ type: 'Counted', data: { by, unit: 'piece' } }),
    Bump: () => accept(),
    Halve: () => accept({ type: 'Halved', data: {} }),
  },
  evolve: {
    Counted: ({ sum }, { data }) => ({ sum: sum + data.by }),
    Halved: ({ sum }) => ({ sum: sum / 2 }),
  },
});

@Controller('counters')
class CounterController {
  constructor(
    @Inject(aggregateToken(shared)) private readonly counters: AggregateOf<typeof newerCounter>,
    @Inject(ServiceEventStore) private readonly store: ServiceEventStore,
  ) {}

  @Post(':id')
  @HttpCode(200)
  async command(
    @Param('id') id: string,
    @Body() body: CommandOf<typeof newerCounter>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return writtenAnswer(reply, accepted(await this.counters.handle(id, body)));
  }

  @Get(':id')
  async read(@Param('id') id: string, @Res({ passthrough: true }) reply: FastifyReply) {
    return await stateAsOf({ aggregate: this.counters, id, then: {}, reply }, this.store);
  }
}

const platform = testPlatform({ seed: 1 });

const counters = (aggregate: AnyAggregate): DynamicModule => ({
  module: class CounterModule {},
  imports: [EventSourcingModule.forFeature({ aggregates: [aggregate] })],
  controllers: [CounterController],
});

describe('an older and a newer instance of a service', () => {
  let log: MemoryTopic;
  let point: MeetingPoint;
  let running: RunningService[];
  let older: Send;
  let newer: Send;

  const start = async (aggregate: AnyAggregate): Promise<Send> => {
    const storage = memoryStorage({ platform, openInstances: point.instances, topics: new Map([[topic, log]]) });
    const options = { service: 'counter-service', storage, instanceSecret: SPEC_SECRET };
    const started = await startService(serviceWith(options, counters(aggregate)));
    running.push(started);
    await started.ready;
    return sendTo(() => started.url);
  };
  const send = (to: Send, type: CommandOf<typeof newerCounter>['type'], by = 0) =>
    to('POST', '/counters/c', { type, by });
  const sums = async () => [
    ...[(await older('GET', '/counters/c')).json['sum'], (await newer('GET', '/counters/c')).json['sum']],
  ];
  const trail = async (at: Send, query = ''): Promise<unknown> =>
    (await at('GET', `/streams/counter-c/events${query}`)).json['items'];

  beforeEach(async () => {
    log = new MemoryTopic({ topic, partitions: 1 });
    await provisionChain(memoryLog(log), platform);
    [point, running] = [new MeetingPoint(), []];
    older = await start(olderCounter);
    newer = await start(newerCounter);
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
