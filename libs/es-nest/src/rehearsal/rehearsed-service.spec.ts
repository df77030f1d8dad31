import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  accept,
  CommandHandler,
  type CommandMetadata,
  defineAggregate,
  defineEvents,
  type EventOf,
  EventStore,
  LogUnavailable,
  send,
  type Sends,
} from '@ledgerline/es-core';
import { provisionChain } from '@ledgerline/es-core/adapter';
import { memoryLog, memoryStorage, memoryStreamIndex, MemoryTopic, testPlatform } from '@ledgerline/es-testing';
import { Module } from '@nestjs/common';
import { z } from 'zod';
import { Effect, EventSourcingModule, On, reactionMetadata, Reactor } from '../index.js';
import { ServicePersonalData } from '../personal/service-personal-data.js';
import { rehearseServiceTopic } from './rehearsed-service.js';
import { makeApplication } from '../fastify/start-service.js';
import { serviceWith } from '../fixtures/service-with.js';
import { heldStreamsIn } from '../reactions/held/held-streams.aggregate.js';

const bellEvents = defineEvents('bells.events', { Rung: z.object({ times: z.int() }), Heard: z.object({}) });
const towerEvents = defineEvents('towers.events', { Rung: z.object({ times: z.int() }) });
const bell = defineAggregate({
  ...{ category: 'bell', events: bellEvents, commands: { Ring: z.object({ times: z.int() }) }, initialState: 0 },
  decide: { Ring: (_rung, { times }) => accept({ type: 'Rung', data: { times } }) },
  evolve: { Rung: (rung, { data }) => rung + data.times, Heard: (rung) => rung },
  rehearse: { Rung: ({ data }) => ({ type: 'Ring', ...data }) },
});
type Rung = EventOf<typeof bellEvents, 'Rung'>;

/** What the neighbours heard, who are no part of the log. */
const heard: string[] = [];

/** A bell that is rung is answered by its echo, and by those who hear it. */
@Reactor('echo', { from: 'start' })
class BellReactor {
  constructor(private readonly personal: ServicePersonalData) {}

  @On(bellEvents, 'Rung')
  echo({ data, context }: Rung): Sends {
    return context.stream === 'bell-tower' ? send(bell, 'echo', { type: 'Ring', times: data.times }) : undefined;
  }

  @Effect(bellEvents, 'Rung', { settledBy: 'Heard' })
  hear({ context }: Rung): void {
    heard.push(context.id);
  }

  @On(bellEvents, 'Rung')
  async remember({ context }: Rung): Promise<void> {
    await this.personal.forget(context.stream, context.time);
  }
}

/** Of another topic, whose events have the same name. */
@Reactor('tower', { from: 'start' })
class TowerReactor {
  @On(towerEvents, 'Rung')
  climb({ data }: EventOf<typeof towerEvents>): Sends {
    return send(bell, 'high', { type: 'Ring', times: data.times });
  }
}

@Module({
  imports: [EventSourcingModule.forFeature({ aggregates: [bell] })],
  providers: [BellReactor, TowerReactor],
})
class BellModule {}

describe('the rehearsal of a service', () => {
  const platform = testPlatform({ seed: 1 });
  let topics: Map<string, MemoryTopic>;
  let store: EventStore;

  /** All that may be opened is a log to be read. */
  const none = (): never => {
    throw new Error('not asked for');
  };
  const storage = memoryStorage({
    platform,
    openLog: (name, { role }) => {
      const found = role === 'reader' ? topics.get(name) : none();
      return found ? Promise.resolve(memoryLog(found)) : Promise.reject(new LogUnavailable(`nobody made ${name}`));
    },
  });
  const rehearse = async () => {
    const module = serviceWith({ service: 'bell-service', storage }, BellModule);
    return await rehearseServiceTopic(await makeApplication(module));
  };
  const ring = (id: string, times: number, metadata: CommandMetadata = {}): Promise<unknown> =>
    new CommandHandler(bell, { store, platform }).handle(id, { type: 'Ring', times }, metadata);

  beforeEach(async () => {
    topics = new Map(
      [bellEvents, towerEvents].map(({ topic: name }) => [name, new MemoryTopic({ topic: name, partitions: 2 })]),
    );
    for (const one of topics.values()) await provisionChain(memoryLog(one), platform);
    const log = memoryLog(topics.get(bellEvents.topic));
    const onTrouble = none;
    store = await EventStore.open({ log, index: memoryStreamIndex(), platform, source: 'spec', onTrouble });
    heard.length = 0;
  });
  afterEach(() => store.close());

  const echoOf = (id: string): CommandMetadata => reactionMetadata({ context: { id } } as never, 'Ring', 'echo');

  it('does its reactions again, leaves out its effects and what is not open, and says how many', async () => {
    await ring('tower', 3);
    await ring('echo', 3, echoOf('bell-tower@1'));
    const { topics: found } = await rehearse();
    // Of each of the two, the neighbours and the keys.
    expect(found).toMatchObject([{ decisions: 2, reactions: 1, notRehearsed: 4, findings: [] }]);
    expect(heard).toEqual([]);
  });

  it('names a command that is another one now', async () => {
    await ring('tower', 3);
    await ring('echo', 2, echoOf('bell-tower@1'));
    const detail = 'Rung bell-tower@1 leads to it with other data: times';
    expect((await rehearse()).topics).toMatchObject([{ findings: [{ stream: 'bell-echo', type: 'Ring', detail }] }]);
  });

  it('knows what the service has recorded about its own reactors', async () => {
    const held = new CommandHandler(heldStreamsIn(bellEvents.topic), { store, platform });
    const [stream, id] = ['bell-tower', 'bell-tower@1'];
    const from = { logId: 'l', ordinal: 1, head: 'h', headOffset: 0, time: '2026-11-29T10:00:00.000Z' };
    const parked = { stream, message: { id, type: 'Rung', ordinal: 2 }, from, code: 'broken', reason: 'it broke' };
    for (const command of [
      { type: 'ParkReaction', ...parked },
      { type: 'RetryReaction', stream, messageId: id },
      { type: 'ParkReaction', ...parked },
      { type: 'DiscardReaction', stream, messageId: id, reason: 'it is of no use' },
      { type: 'ReleaseStream', stream },
      { type: 'DoubtOutcomes', until: '2026-11-29T10:00:00.000Z' },
      { type: 'ParkReaction', ...parked },
      { type: 'AssignHeldStreams', reactors: ['echo', 'tower'] },
      { type: 'ReleaseStream', reactor: 'echo', stream },
      { type: 'BeginReactor', reactor: 'echo', logId: 'l', ordinal: 1 },
    ] as const)
      await held.send('bells.events.0', command);
    expect((await rehearse()).topics).toMatchObject([
      { events: 10, skipped: 0, decisions: 10, undecided: 0, findings: [] },
    ]);
  });

  it('fails where one of the topics is not there', async () => {
    topics.delete(towerEvents.topic);
    await expect(rehearse()).rejects.toThrow('nobody made towers.events');
  });
});
