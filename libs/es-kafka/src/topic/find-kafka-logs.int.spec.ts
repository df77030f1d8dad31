import { randomUUID } from 'node:crypto';
import { provisionChain } from '@ledgerline/es-core/adapter';
import { eventually, FETCH, type Passing, testPlatform } from '@ledgerline/es-testing';
import { describeWithBroker, kafkaClient, namedBrokers } from '@ledgerline/local-servers';
import type { Admin } from 'kafkajs';
import { makeTopic as makeOddTopic, withProducer } from '../fixtures/admin.js';
import { connection } from '../fixtures/brokers.js';
import { ProxiedBrokers } from '../fixtures/proxied-brokers.js';
import { openKafkaLog } from '../log/open-kafka-log.js';
import { decodeBatches, OffsetMissing } from '../record-batch/decode-batches.js';
import { Cluster } from '../wire/cluster.js';
import { createKafkaTopic } from './create-kafka-topic.js';
import { findKafkaLogs, findLogsOn } from './find-kafka-logs.js';
import { KafkaTopic } from './kafka-topic.js';

const platform = testPlatform({ seed: 1 });
const known = ['bookings.events', 'stamps.events'];

/** Every append begins a segment, and the broker's cleaner takes all but the newest one as soon as it comes by: every 15 s. */
const SOON_COMPACTED = {
  ...{ 'cleanup.policy': 'compact', 'segment.ms': '1' },
  ...{ 'min.cleanable.dirty.ratio': '0', 'max.compaction.lag.ms': '1' },
};
const METADATA = 3;
const NOT_LEADER = 6;
const UNKNOWN_TOPIC = 3;
const FENCED = 74;

const COMPACTED = { timeoutMs: 50_000, everyMs: 250 };

const sendKeys = (topic: string, keys: readonly string[]): Promise<unknown> =>
  withProducer((producer) => producer.send({ topic, messages: keys.map((key) => ({ key, value: 'x' })) }));

/** Until the topic, which begins at offset 0 as before, holds no record there any more. */
const firstIsGone = async (topic: string): Promise<void> => {
  const cluster = new Cluster(topic, connection);
  try {
    await eventually(async () => {
      const { errorCode, bytes } = await new KafkaTopic(cluster).fetch(0, 0);
      expect(errorCode).toBe(0);
      expect(() => decodeBatches(bytes, 0)).toThrow(OffsetMissing);
    }, COMPACTED);
  } finally {
    await cluster.close();
  }
};

describeWithBroker('looking for logs that nobody named', () => {
  let admin: Admin;
  let prefix: string;

  beforeAll(async () => {
    admin = kafkaClient(namedBrokers).admin();
    await admin.connect();
  });
  afterAll(() => admin.disconnect());

  beforeEach(async () => {
    prefix = `find-${randomUUID()}.`;
    for (const topic of known) await makeLog(topic);
  });
  afterEach(async () => {
    const made = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix));
    await admin.deleteTopics({ topics: made });
  });

  const ours = () => ({ ...connection, topicPrefix: prefix });
  const makeLog = async (topic: string, partitions = 2): Promise<void> => {
    const options = { connection: ours(), topic, partitions };
    await createKafkaTopic(options);
    const log = await openKafkaLog(options);
    await provisionChain(log, platform);
    await log.close();
  };
  const makeTopic = async (topic: string, ...values: string[]): Promise<void> => {
    await createKafkaTopic({ connection: ours(), topic, partitions: 2, purpose: 'messages' });
    const log = await openKafkaLog({ connection: ours(), topic });
    for (const value of values) await log.append(0, [{ key: 'k', value, headers: {} }]);
    await log.close();
  };
  const found = (withoutLog: readonly string[] = []) => findKafkaLogs({ connection: ours(), known, withoutLog });

  it('finds nothing where there is nothing else', async () => {
    expect(await found()).toEqual({ logs: [], unreadable: [] });
  });

  it('finds what begins with a genesis record, without the prefix, and nothing that does not', async () => {
    await makeTopic('empty');
    await makeTopic('chat', 'hello');
    for (const topic of ['parcels.events', 'another']) await makeLog(topic);
    expect(await found()).toEqual({ logs: ['another', 'parcels.events'], unreadable: [] });
    expect(await found(['another'])).toEqual({ logs: ['parcels.events'], unreadable: [] });
  });

  it('leaves alone a compacted topic whose first records are gone', async () => {
    const lost = { batch: ['a', 'a', 'b', 'c'], record: ['a b', 'a', 'c', 'd'] };
    for (const [topic, batches] of Object.entries(lost)) {
      await makeOddTopic({ topic: prefix + topic, config: SOON_COMPACTED });
      for (const keys of batches) await sendKeys(prefix + topic, keys.split(' '));
    }
    for (const topic of Object.keys(lost)) await firstIsGone(prefix + topic);
    await makeLog('parcels.events');
    expect(await found()).toEqual({ logs: ['parcels.events'], unreadable: [] });
  }, 120_000);

  it('leaves alone what is of another system, also of one whose prefix is longer', async () => {
    for (const topic of [...known, 'parcels.events']) await makeLog(`test.${topic}`);
    expect(await found()).toEqual({ logs: [], unreadable: [] });
    // Only one of the known ones lies under it: that is no system of its own.
    await makeLog('pre-bookings.events');
    expect(await found()).toEqual({ logs: ['pre-bookings.events'], unreadable: [] });
  });

  describe('behind a network that changes what brokers answer of a topic', () => {
    const other = 'parcels.events';
    let proxy: ProxiedBrokers;
    let cluster: Cluster;

    beforeEach(async () => {
      await makeLog(other, 1);
      proxy = await ProxiedBrokers.open(connection.brokers);
      cluster = new Cluster(prefix + known[0], ours(), { dialled: (address) => proxy.insteadOf(address) });
    });
    afterEach(async () => {
      await cluster.close();
      await proxy.close();
    });

    /** Changes what is answered to so many requests about the topic; `at` counts from behind its name. */
    const change = (apiKey: number, times: number, write: (frame: Buffer, at: number) => void): void => {
      let left = times;
      proxy.changeAnswer = (passing: Passing) => {
        const at = passing.frame.lastIndexOf(prefix + other);
        if (passing.apiKey !== apiKey || at < 0 || left === 0) return;
        left -= 1;
        write(passing.frame, at + prefix.length + other.length);
      };
    };
    /** Behind the count of partitions and the partition. */
    const answerFetches = (times: number, code: number): void =>
      change(FETCH, times, (frame, at) => frame.writeInt16BE(code, at + 8));
    /** Behind the topic's id, a flag, the count of partitions, an error and the partition. */
    const leadNobody = (times: number): void => change(METADATA, times, (frame, at) => frame.writeInt32BE(-1, at + 24));
    const damage = (times: number): void =>
      change(FETCH, times, (frame) => frame.writeUInt8(frame.readUInt8(frame.length - 1) ^ 1, frame.length - 1));
    const looked = () => findLogsOn(cluster, { connection: ours(), known, withoutLog: [] });

    it.each<[string, () => void]>([
      ['another broker leads it by now', () => answerFetches(1, NOT_LEADER)],
      ['it had an election', () => answerFetches(1, FENCED)],
      ['it had no leader', () => leadNobody(1)],
      ['what was handed out is damaged', () => damage(1)],
    ])('asks once more where %s', async (_, happen) => {
      happen();
      expect(await looked()).toEqual({ logs: [other], unreadable: [] });
    });

    it('asks once more where the connection is lost', async () => {
      change(FETCH, 1, () => proxy.cut());
      expect(await looked()).toEqual({ logs: [other], unreadable: [] });
    });

    it('leaves alone what was deleted meanwhile', async () => {
      answerFetches(1, UNKNOWN_TOPIC);
      expect(await looked()).toEqual({ logs: [], unreadable: [] });
    });

    it.each<[string, () => void]>([
      ['the broker answered NOT_LEADER_OR_FOLLOWER', () => answerFetches(Infinity, NOT_LEADER)],
      ['it has no leader', () => leadNobody(Infinity)],
      ['it is damaged', () => damage(Infinity)],
      ['its leader does not answer', () => change(FETCH, Infinity, () => proxy.cut())],
    ])('names the topic where it stays so that %s', async (reason, happen) => {
      happen();
      const topic = prefix + other;
      await expect(looked()).rejects.toMatchObject({
        ...{ code: 'log-unavailable', retriable: true, facts: { topic } },
        message: `the log is not available: the first record of topic ${topic} cannot be read: ${reason}`,
      });
    });
  });
});
