import { createHmac } from 'node:crypto';
import type { MemberSecret, ReaderState } from '@ledgerline/es-core/adapter';
import { eventually } from '@ledgerline/es-testing';
import { describeWithBroker } from '@ledgerline/local-servers';
import { addPartitions, withAdmin } from '../fixtures/admin.js';
import { connection, kafka, newTopicName } from '../fixtures/brokers.js';
import { ProxiedBrokers } from '../fixtures/proxied-brokers.js';
import { createKafkaTopic } from '../topic/create-kafka-topic.js';
import { MemberMetadata } from '../wire/kafkajs-internals.js';
import { groupOf, KafkaInstances, type KafkaInstancesOptions } from './kafka-instances.js';
import { StoredProgress } from './stored-progress.js';

/** The least that brokers allow unless they are told otherwise. */
const SESSION_MS = 6_000;
const TOPICS = [
  { topic: 'parcels.events', partitions: 4 },
  { topic: 'stamps.events', partitions: 3 },
];
const SECRET: MemberSecret = {
  proofOf: (...parts) => createHmac('sha256', 'of these specs').update(JSON.stringify(parts)).digest('base64url'),
  isProof: (proof, ...parts) => proof === SECRET.proofOf(...parts),
};
const SYNC_GROUP = 14;
/** Behind length, correlation id and throttle time. */
const SYNC_GROUP_ERROR_AT = 12;
const REBALANCE_IN_PROGRESS = 27;
const state = (logId: string, ordinal: number): ReaderState => ({
  ...{ logId, ordinal, head: `hash-${ordinal}`, headOffset: ordinal + 10, time: '2026-01-01T00:00:00.000Z' },
});

describeWithBroker('the instances of a service', () => {
  let prefix: string;
  let joined: KafkaInstances[];
  let held: Map<string, string[]>;
  let proxies: ProxiedBrokers[];

  beforeEach(async () => {
    prefix = `${newTopicName()}.`;
    joined = [];
    held = new Map();
    proxies = [];
    for (const topic of TOPICS)
      await createKafkaTopic({ connection: { ...connection, topicPrefix: prefix }, ...topic });
  });
  afterEach(async () => {
    await Promise.all(joined.map((one) => one.leave()));
    for (const proxy of proxies) await proxy.close();
  });

  const join = async (name: string, options: Partial<KafkaInstancesOptions> = {}): Promise<KafkaInstances> => {
    const told: string[] = [];
    held.set(name, told);
    const instances = new KafkaInstances({
      ...{ connection: { ...connection, topicPrefix: prefix }, service: 'spec-service', topics: TOPICS },
      ...{
        address: { url: `http://${name}`, token: `token-of-${name}` },
        sessionTimeoutMs: SESSION_MS,
        heartbeatMs: 200,
      },
      onHeld: (heldOf) => Promise.resolve(void told.push(TOPICS.map(({ topic }) => heldOf(topic).length).join('+'))),
      ...{ secret: SECRET, onTrouble: () => undefined },
      ...options,
    });
    joined.push(instances);
    await instances.join();
    return instances;
  };
  const shares = (...instances: KafkaInstances[]): number[][] =>
    instances.map((one) => TOPICS.map(({ topic }) => one.held(topic).length));
  const certain = (instances: readonly KafkaInstances[], total = 7): Promise<void> =>
    eventually(
      () => {
        expect(instances.every(({ term }) => term !== undefined)).toBe(true);
        expect(
          shares(...instances)
            .flat()
            .reduce((sum, count) => sum + count, 0),
        ).toBe(total);
      },
      { everyMs: 20 },
    );

  it('share everything out, tell each other who holds what, and go on when one leaves', async () => {
    const a = await join('a');
    await certain([a]);
    expect(shares(a)).toEqual([[4, 3]]);
    const before = a.held('parcels.events');
    const b = await join('b');
    await certain([a, b]);
    expect(shares(a, b).map(([parcels]) => parcels)).toEqual([2, 2]);
    expect(a.held('parcels.events').every((partition) => before.includes(partition))).toBe(true);
    for (const partition of [0, 1, 2, 3]) {
      const name = a.held('parcels.events').includes(partition) ? 'a' : 'b';
      for (const one of [a, b])
        expect(one.holder('parcels.events', partition)).toEqual({ url: `http://${name}`, token: `token-of-${name}` });
    }
    const start = Date.now();
    await b.leave();
    await certain([a]);
    expect(Date.now() - start).toBeLessThan(SESSION_MS / 2);
    expect([b.term, shares(b)]).toEqual([undefined, [[0, 0]]]);
    // Everything is given up before anything is given out anew.
    expect(held.get('a')?.slice(0, 3)).toEqual(['4+3', '0+0', expect.stringMatching(/^2\+[12]$/)]);
  });

  it('begin a join again later each time while others come and go in the middle of it, and leave in between', async () => {
    const proxy = await ProxiedBrokers.open(connection.brokers);
    proxies.push(proxy);
    let answered = 0;
    proxy.changeAnswer = ({ apiKey, frame }) => {
      if (apiKey !== SYNC_GROUP) return;
      answered += 1;
      frame.writeInt16BE(REBALANCE_IN_PROGRESS, SYNC_GROUP_ERROR_AT);
    };
    const joining = join('a', { dialled: (address) => proxy.insteadOf(address) });
    const before = performance.now();
    await eventually(() => expect(answered).toBe(6), { everyMs: 5 });
    // 0.1, 0.2, 0.4, 0.8 and 1.6 s, or half of it; at once it would take some ms.
    expect(performance.now() - before).toBeGreaterThan(500);
    await joined[0]?.leave();
    await joining;
    expect(answered).toBe(6);
  });

  it('share out what a topic turns out to have, whoever learns of it first', async () => {
    const { topic } = TOPICS[1] ?? { topic: '' };
    const [a, b] = [await join('a'), await join('b')];
    await certain([a, b]);
    const progress = b.progress(topic);
    await addPartitions(`${prefix}${topic}`, 6);
    for (const one of [b, a]) one.resize(topic, 6);
    await certain([a, b], 10);
    expect([...a.held(topic), ...b.held(topic)].sort()).toEqual([0, 1, 2, 3, 4, 5]);
    await eventually(() => expect(a.holder(topic, 5)).toEqual(b.holder(topic, 5)));
    const last = Math.max(...b.held(topic));
    const saved = { [`${topic}/${last}`]: state('log', 7) };
    await progress.save(saved);
    expect(await progress.load()).toEqual(saved);
    // The other one has learned of it as well, and shares out as much when it leads.
    await a.leave();
    await certain([b], 10);
  });

  /** One whose word to the brokers can be cut off. */
  const joinBehindProxy = async (name: string) => {
    const proxy = await ProxiedBrokers.open(connection.brokers);
    proxies.push(proxy);
    return { proxy, instances: await join(name, { dialled: (address) => proxy.insteadOf(address) }) };
  };

  it('go on without one that is gone without a word, which gives up long before', async () => {
    const a = await join('a');
    const { proxy, instances: b } = await joinBehindProxy('b');
    await certain([a, b]);
    // No LeaveGroup and no heartbeat any more: what a kill leaves behind.
    await proxy.close();
    await eventually(() => expect(b.term).toBeUndefined(), { timeoutMs: SESSION_MS, everyMs: 2 });
    expect(a.held('parcels.events')).toHaveLength(2);
    await eventually(() => expect(a.held('parcels.events')).toHaveLength(4), {
      timeoutMs: 2 * SESSION_MS,
      everyMs: 20,
    });
    expect(shares(b)).toEqual([[2, expect.any(Number)]]);
  });

  it('begin a new term after a silence that outlasted the lease and not the session', async () => {
    const { proxy, instances } = await joinBehindProxy('a');
    await certain([instances]);
    const { term = 0 } = instances;
    const changes: (number | undefined)[] = [];
    instances.onChange(() => changes.push(instances.term));
    proxy.hangs = true;
    await eventually(() => expect(instances.term).toBeUndefined(), { timeoutMs: SESSION_MS, everyMs: 2 });
    proxy.hangs = false;
    await eventually(() => expect(instances.term).toBe(term + 1), { timeoutMs: SESSION_MS, everyMs: 20 });
    expect(changes).toEqual([undefined, term + 1]);
  });

  it('join again after a silence that outlasted the session', async () => {
    const a = await join('a');
    const { proxy, instances: b } = await joinBehindProxy('b');
    await certain([a, b]);
    proxy.hangs = true;
    await eventually(() => expect(a.held('parcels.events')).toHaveLength(4), {
      timeoutMs: 3 * SESSION_MS,
      everyMs: 20,
    });
    proxy.hangs = false;
    await certain([a, b]);
  });

  it('leave a progress that is looked at from outside, and forgotten once they are gone', async () => {
    const a = await join('a');
    await certain([a]);
    const saved = { 'parcels.events/2': state('log', 5) };
    await a.progress('parcels.events').save(saved);
    const stored = new StoredProgress({ connection: { ...connection, topicPrefix: prefix }, service: 'spec-service' });
    try {
      expect(await stored.load('parcels.events', 4)).toEqual(saved);
      expect(await stored.load('stamps.events', 3)).toEqual({});
      await expect(stored.forget()).rejects.toMatchObject({
        ...{ code: 'log-misconfigured', message: expect.stringContaining('stop all of them first') },
      });
      expect(await stored.load('parcels.events', 4)).toEqual(saved);
      await a.leave();
      await stored.forget();
      expect(await stored.load('parcels.events', 4)).toEqual({});
      // There is no group any more.
      await stored.forget();
    } finally {
      stored.close();
    }
  });

  it('leave each other their progress, and take none from one that was replaced', async () => {
    const a = await join('a');
    await certain([a]);
    expect(await a.progress('parcels.events').load()).toEqual({});
    const all = [0, 1, 2, 3].map((partition) => [`parcels.events/${partition}`, state('log', 100 + partition)]);
    await a.progress('parcels.events').save(Object.fromEntries(all) as Record<string, ReaderState>);
    const { proxy, instances: b } = await joinBehindProxy('b');
    await certain([a, b]);
    expect(await b.progress('parcels.events').load()).toEqual(Object.fromEntries(all));
    const [lost = -1] = b.held('parcels.events');
    const key = `parcels.events/${lost}`;
    const others = a.held('parcels.events').map((partition) => [`parcels.events/${partition}`, state('log', 1)]);
    // What others hold is theirs.
    await b.progress('parcels.events').save({ ...Object.fromEntries(others), [key]: state('log', 200) });
    expect(await a.progress('parcels.events').load()).toEqual({ ...Object.fromEntries(all), [key]: state('log', 200) });
    proxy.hangs = true;
    await eventually(() => expect(a.held('parcels.events')).toHaveLength(4), {
      timeoutMs: 3 * SESSION_MS,
      everyMs: 20,
    });
    await a.progress('parcels.events').save({ [key]: state('log', 300) });
    await expect(b.progress('parcels.events').save({ [key]: state('log', 250) })).rejects.toMatchObject({
      code: 'log-unavailable',
      facts: { kafka: 'UNKNOWN_MEMBER_ID' },
    });
    expect((await a.progress('parcels.events').load())[key]).toEqual(state('log', 300));
  });

  it('begin where the log does when somebody else committed', async () => {
    const group = groupOf({ ...connection, topicPrefix: prefix }, 'spec-service');
    const topic = `${prefix}parcels.events`;
    const partitions = [{ partition: 0, offset: '7' }];
    await withAdmin((admin) => admin.setOffsets({ groupId: group, topic, partitions }));
    const a = await join('a');
    expect(await a.progress('parcels.events').load()).toEqual({});
  });

  it('can be looked at with the tools that Kafka has', async () => {
    const a = await join('a');
    await certain([a]);
    await a.progress('parcels.events').save({ 'parcels.events/2': state('log', 5) });
    const group = groupOf({ ...connection, topicPrefix: prefix }, 'spec-service');
    const topics = [`${prefix}parcels.events`];
    const { groups } = await withAdmin((admin) => admin.describeGroups([group]));
    const [offsets] = await withAdmin((admin) => admin.fetchOffsets({ groupId: group, topics }));
    const members = [{ clientId: 'es-kafka-specs' }];
    expect(groups).toMatchObject([{ state: 'Stable', protocolType: 'consumer', members }]);
    expect(offsets?.partitions.find(({ partition }) => partition === 2)?.offset).toBe('16');
  });

  /** A member that the broker takes for one of them, and that says what it likes. */
  const joinAs = async (userData: string): Promise<{ leave(): Promise<void> }> => {
    const name = 'ledgerline-sticky-1';
    const group = groupOf({ ...connection, topicPrefix: prefix }, 'spec-service');
    const consumer = kafka.consumer({
      ...{ groupId: group, sessionTimeout: SESSION_MS },
      partitionAssigners: [
        () => ({
          ...{ name, version: 0, assign: () => Promise.resolve([]) },
          protocol: ({ topics }) => ({
            ...{ name, metadata: MemberMetadata.encode({ version: 0, topics, userData: Buffer.from(userData) }) },
          }),
        }),
      ],
    });
    await consumer.connect();
    await consumer.subscribe({ topic: `${prefix}parcels.events` });
    await consumer.run({ eachMessage: () => Promise.resolve() });
    return { leave: () => consumer.disconnect() };
  };

  it('go on beside members that did not prove themselves, which they give nothing, and name them', async () => {
    const named: string[][] = [];
    const troubles: unknown[] = [];
    const onStrangers = (names: readonly string[]): void => void named.push([...names]);
    const a = await join('a', { onStrangers, onTrouble: (error) => troubles.push(error) });
    await certain([a]);
    const b = await join('b', { secret: { ...SECRET, proofOf: () => 'guessed' } });
    const junk = await joinAs('{"address":');
    try {
      await eventually(() => expect(named.at(-1)).toHaveLength(2), { timeoutMs: 3 * SESSION_MS, everyMs: 20 });
      await certain([a]);
      expect(shares(a, b)).toEqual([
        [4, 3],
        [0, 0],
      ]);
      expect(a.holder('parcels.events', 0)).toEqual({ url: 'http://a', token: 'token-of-a' });
      expect(troubles).toEqual([]);
    } finally {
      await junk.leave();
    }
  });

  it('leave everything to one of them where they have no secret, and to the next one when that leaves', async () => {
    const without = {
      secret: undefined,
      address: { token: 'token-of-a' },
    } as unknown as Partial<KafkaInstancesOptions>;
    const a = await join('a', without);
    await certain([a]);
    const b = await join('b', { ...without, address: { token: 'token-of-b' } });
    await certain([a]);
    expect(shares(a, b)).toEqual([
      [4, 3],
      [0, 0],
    ]);
    expect(b.holder('parcels.events', 1)).toEqual({ token: 'token-of-a' });
    await a.leave();
    await certain([b]);
    expect(b.holder('parcels.events', 1)).toEqual({ token: 'token-of-b' });
  });

  it('leave while they wait for others to join', async () => {
    const slow: (() => void)[] = [];
    const a = await join('a', { onHeld: () => new Promise<void>((resolve) => slow.push(resolve)) });
    await certain([a]);
    const joining = join('b');
    await eventually(() => expect(slow).toHaveLength(2), { everyMs: 10 });
    const leaving = a.leave();
    slow.forEach((resolve) => resolve());
    await leaving;
    await certain([await joining]);
  });

  it('say in one sentence that they are refused', async () => {
    const group = groupOf({ ...connection, topicPrefix: prefix }, 'spec-service');
    const consumer = kafka.consumer({ groupId: group });
    await consumer.connect();
    await consumer.subscribe({ topic: `${prefix}parcels.events` });
    await consumer.run({ eachMessage: () => Promise.resolve() });
    await expect(join('a')).rejects.toMatchObject({
      code: 'log-misconfigured',
      message: expect.stringContaining('a consumer of another kind uses the consumer group') as string,
    });
    await consumer.disconnect();
    await expect(join('b', { sessionTimeoutMs: 50 })).rejects.toMatchObject({
      message: expect.stringContaining('group.min.session.timeout.ms') as string,
    });
  });
});
