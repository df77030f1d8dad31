import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  accept,
  Aggregate,
  type CommandMetadata,
  type Decider,
  EventStore,
  eventCatalogue,
  eventType,
  LogUnavailable,
  provisionChain,
  type Recorded,
  rehearsed,
} from '@ledgerline/es-core';
import { memoryLog, memoryStorage, memoryStreamIndex, MemoryTopic, testPlatform } from '@ledgerline/es-testing';
import { Controller, Injectable, Module } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import { z } from 'zod';
import {
  Effect,
  OwnEventStore,
  reactorMetadata,
  rehearseOwnTopic,
  type ServiceDefinition,
  ServicePersonalData,
} from '../index.js';
import { heldDecider } from '../reactions/held/held-streams.decider.js';
import { heldCatalogue, REACTOR } from '../reactions/held/held-streams.events.js';

interface Rung {
  readonly type: 'Rung';
  readonly data: { readonly times: number };
}
interface Ring {
  readonly type: 'Ring';
  readonly times: number;
  readonly at: string;
}

const bellEvents = eventCatalogue<Rung>([eventType<Rung>('Rung', [z.object({ times: z.int() })])]);
const bell: Decider<number, Ring, Rung> = {
  initialState: 0,
  decide: (_rung, { times }) => accept({ type: 'Rung', data: { times } }),
  evolve: (rung, { data }) => rung + data.times,
};
const code = { from: import.meta.url, modules: [] };

@Injectable()
class Bells extends Aggregate<number, Ring, Rung> {
  constructor(store: OwnEventStore) {
    super({ store, platform: store.platform, category: 'bell', decider: bell, catalogue: bellEvents, code });
  }
}

/** What the neighbours heard, who are no part of the log. */
const heard: string[] = [];

/** A bell that is rung is answered by its echo, and by those who hear it. */
@Controller()
class BellReactor {
  constructor(
    private readonly bells: Bells,
    private readonly personal: ServicePersonalData,
  ) {}

  @EventPattern('Rung')
  async echo(event: Recorded<Rung>): Promise<void> {
    if (event.context.stream !== 'bell-tower') return;
    const metadata = reactorMetadata(event, 'Ring', 'echo');
    await this.bells.handle('echo', { type: 'Ring', times: event.data.times }, metadata);
  }

  @Effect('Rung', { settledBy: ['Heard'] })
  hear({ context }: Recorded<Rung>): void {
    heard.push(context.id);
  }

  @EventPattern('Rung')
  async remember({ context }: Recorded<Rung>): Promise<void> {
    await this.personal.forget(context.stream, context.time);
  }
}

@Module({ controllers: [BellReactor], providers: [Bells] })
class BellModule {}

const topic = { topic: 'bells.events', catalogue: bellEvents };
const other = { topic: 'towers.events', catalogue: bellEvents };
const bellService: ServiceDefinition = {
  ...{ name: 'bell-service', description: 'Bells.', module: BellModule },
  ...{ parts: [OwnEventStore], ownTopic: { ...topic, categories: ['bell'] }, reactsTo: [topic, other] },
};

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
  const aggregates = [
    rehearsed({
      ...{ category: 'bell', decider: bell, catalogue: bellEvents },
      commandsOf: ([event]: readonly Rung[]) => (event ? [{ type: 'Ring', ...event.data } as const] : []),
    }),
  ];
  const rehearse = () => rehearseOwnTopic(bellService, { storage, aggregates });
  const ring = (id: string, times: number, metadata: CommandMetadata = {}): Promise<unknown> =>
    new Aggregate({ store, platform, category: 'bell', decider: bell, catalogue: bellEvents, code }).handle(
      ...([id, { type: 'Ring', times }, metadata] as const),
    );

  beforeEach(async () => {
    topics = new Map([topic, other].map(({ topic: name }) => [name, new MemoryTopic({ topic: name, partitions: 2 })]));
    for (const one of topics.values()) await provisionChain(memoryLog(one), platform);
    const log = memoryLog(topics.get(topic.topic));
    const onTrouble = none;
    store = await EventStore.open({ log, index: memoryStreamIndex(), platform, source: 'spec', onTrouble });
    heard.length = 0;
  });
  afterEach(() => store.close());

  const echoOf = (id: string): CommandMetadata => reactorMetadata({ context: { id } } as never, 'Ring', 'echo');

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
    const held = new Aggregate({
      store,
      platform,
      category: REACTOR,
      decider: heldDecider,
      catalogue: heldCatalogue,
      code,
    });
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
    ] as const)
      await held.handle('bells.events.0', command);
    expect((await rehearse()).topics).toMatchObject([
      { events: 6, skipped: 0, decisions: 6, undecided: 0, findings: [] },
    ]);
  });

  it('fails where one of the topics is not there', async () => {
    topics.delete(other.topic);
    await expect(rehearse()).rejects.toThrow('nobody made towers.events');
  });
});
