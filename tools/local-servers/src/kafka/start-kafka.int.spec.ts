import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { pipeline } from 'node:stream';
import { type Kafka } from 'kafkajs';
import { clientOfOneTry } from '../fixtures/kafka-client.js';
import { scratch } from '../fixtures/scratch.js';
import { describeWithOwnBrokers } from '../for-specs/describe-with-servers.js';
import { withAdmin } from '../for-specs/kafka-client.js';
import { until } from '../processes/until.js';
import { type KafkaCluster } from './kafka-cluster.js';
import { knownBrokers } from './known-brokers.js';
import { startKafka } from './start-kafka.js';

const newDirectory = scratch();
const WITHIN_MS = 240_000;
const TOPIC = 'jars';

/** Any broker may be asked, also one that is down. */
const patient = (brokers: readonly string[]): Kafka =>
  clientOfOneTry(brokers, { retry: { retries: 20, maxRetryTime: 1_000 } });

const inSyncOf = async (brokers: readonly string[]): Promise<readonly number[]> => {
  const { topics } = await withAdmin(patient(brokers), (admin) => admin.fetchTopicMetadata({ topics: [TOPIC] }));
  return topics[0]?.partitions[0]?.isr.toSorted((a, b) => a - b) ?? [];
};

const leaderOf = async (brokers: readonly string[]): Promise<number> => {
  const { topics } = await withAdmin(patient(brokers), (admin) => admin.fetchTopicMetadata({ topics: [TOPIC] }));
  return topics[0]?.partitions[0]?.leader ?? 0;
};

/** Appends one record that two brokers have to have, and answers its offset; tries as long as there is no leader. */
const append = async (brokers: readonly string[], value: string): Promise<string | undefined> => {
  const producer = patient(brokers).producer();
  try {
    await producer.connect();
    const [appended] = await producer.send({ topic: TOPIC, acks: -1, messages: [{ value }] });
    return appended?.baseOffset;
  } finally {
    await producer.disconnect();
  }
};

await describeWithOwnBrokers('three brokers', () => {
  let kafka: KafkaCluster;

  beforeAll(async () => {
    kafka = await startKafka({ brokers: 3, directory: newDirectory() });
    const topics = [{ topic: TOPIC, numPartitions: 1, replicationFactor: 3 }];
    await withAdmin(clientOfOneTry(kafka.brokers), (admin) => admin.createTopics({ topics }));
    expect(await until(async () => (await inSyncOf(kafka.brokers)).length === 3, WITHIN_MS)).toBe(true);
  }, WITHIN_MS);

  afterAll(() => kafka.close(), WITHIN_MS);

  it(
    'go on when the leader is killed, and take it back when it is started again',
    async () => {
      expect(await append(kafka.brokers, 'first')).toBe('0');
      const leader = await leaderOf(kafka.brokers);
      await kafka.kill(leader);
      const others = kafka.brokers.filter((_, index) => index + 1 !== leader);
      expect(await until(async () => (await leaderOf(others)) !== leader, WITHIN_MS)).toBe(true);
      expect(await append(others, 'second')).toBe('1');
      await kafka.restart(leader);
      expect(await until(async () => (await inSyncOf(kafka.brokers)).length === 3, WITHIN_MS)).toBe(true);
      expect(await append(kafka.brokers, 'third')).toBe('2');
    },
    WITHIN_MS,
  );

  it(
    'keep the connections of a halted one open, and hear from it when it goes on',
    async () => {
      const port = Number(kafka.brokers[0]?.split(':')[1]);
      expect(await knownBrokers(port)).toBe(3);
      kafka.stop(1);
      // Where there is little processor it answers a little longer.
      expect(await until(async () => (await knownBrokers(port)) === undefined, WITHIN_MS)).toBe(true);
      const halted = connect(port, '127.0.0.1');
      await once(halted, 'connect');
      expect(await knownBrokers(port)).toBeUndefined();
      kafka.cont(1);
      expect(halted.destroyed).toBe(false);
      halted.destroy();
      expect(await until(async () => (await knownBrokers(port)) === 3, WITHIN_MS)).toBe(true);
    },
    WITHIN_MS,
  );

  it('have nobody by another number', async () => {
    await expect(kafka.restart(4)).rejects.toThrow('broker 4');
  });
});

await describeWithOwnBrokers('a broker that asks who comes', () => {
  let kafka: KafkaCluster;

  beforeAll(async () => {
    kafka = await startKafka({ brokers: 1, directory: newDirectory(), security: true });
  }, WITHIN_MS);

  afterAll(() => kafka.close(), WITHIN_MS);

  const clusterAs = (mechanism: 'plain' | 'scram-sha-512', username: string, password: string) =>
    withAdmin(
      clientOfOneTry(kafka.brokers, {
        ssl: { ca: [kafka.security?.ca ?? ''] },
        sasl: mechanism === 'plain' ? { mechanism, username, password } : { mechanism, username, password },
      }),
      (admin) => admin.describeCluster(),
    );

  it.each(['plain', 'scram-sha-512'] as const)(
    'takes its users by %s, by the right password only',
    async (mechanism) => {
      const users = kafka.security?.users ?? [];
      expect(new Set(users.map(({ password }) => password)).size).toBe(5);
      // One may do as well as another; a wrong password takes the broker a second.
      for (const { username, password } of [...users.slice(0, 1), ...users.slice(-1)]) {
        expect((await clusterAs(mechanism, username, password)).brokers).toHaveLength(1);
        await expect(clusterAs(mechanism, username, 'guessed')).rejects.toMatchObject({
          name: 'KafkaJSSASLAuthenticationError',
        });
      }
    },
  );

  it('is refused by a client that does not know its authority', async () => {
    const stranger = clientOfOneTry(kafka.brokers, { ssl: true });
    await expect(withAdmin(stranger, (admin) => admin.describeCluster())).rejects.toThrow(/certificate/);
  });

  it('refuses a client without TLS, and one that says no name', async () => {
    const plain = clientOfOneTry(kafka.brokers);
    await expect(withAdmin(plain, (admin) => admin.describeCluster())).rejects.toMatchObject({
      name: expect.stringMatching(/^KafkaJS/),
    });
    const nameless = clientOfOneTry(kafka.brokers, { ssl: { ca: [kafka.security?.ca ?? ''] } });
    await expect(withAdmin(nameless, (admin) => admin.describeCluster())).rejects.toMatchObject({
      name: expect.stringMatching(/^KafkaJS/),
    });
  });
});

await describeWithOwnBrokers('a broker behind a proxy', () => {
  let proxy: Server;
  let kafka: KafkaCluster;

  /** Passes everything on, from a port of its own. */
  const proxyTo = async (port: number): Promise<number> => {
    proxy = createServer((client) => {
      const broker = connect(port, '127.0.0.1');
      pipeline(client, broker, client, () => undefined);
    }).listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    return (proxy.address() as AddressInfo).port;
  };

  beforeAll(async () => {
    kafka = await startKafka({
      brokers: 1,
      directory: newDirectory(),
      settings: { 'message.max.bytes': 2_000 },
      advertised: ({ port }) => proxyTo(port),
    });
  }, WITHIN_MS);

  afterAll(async () => {
    await kafka.close();
    proxy.close();
  }, WITHIN_MS);

  it('tells clients the port of the proxy, by whichever they come', async () => {
    const [host, port] = ['127.0.0.1', (proxy.address() as AddressInfo).port];
    expect(kafka.brokers).toEqual([`${host}:${port}`]);
    expect(kafka.listeners).not.toEqual(kafka.brokers);
    for (const addresses of [kafka.brokers, kafka.listeners]) {
      const { brokers } = await withAdmin(clientOfOneTry(addresses), (admin) => admin.describeCluster());
      expect(brokers).toEqual([{ nodeId: 1, host, port }]);
    }
  });

  it('works by the settings that were asked for', async () => {
    await withAdmin(clientOfOneTry(kafka.brokers), (admin) => admin.createTopics({ topics: [{ topic: TOPIC }] }));
    expect(await append(kafka.brokers, 'small')).toBe('0');
    await expect(append(kafka.brokers, 'x'.repeat(4_000))).rejects.toMatchObject({ type: 'MESSAGE_TOO_LARGE' });
  });
});
