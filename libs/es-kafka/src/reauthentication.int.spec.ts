import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventStore } from '@ledgerline/es-core';
import { provisionChain } from '@ledgerline/es-core/adapter';
import { eventually, memoryStreamIndex, testPlatform } from '@ledgerline/es-testing';
import { describeWithOwnBrokers, type KafkaCluster, startKafka } from '@ledgerline/local-servers';
import { sendAll } from './fixtures/counting.js';
import type { KafkaConnection } from './kafka-connection.js';
import { openKafkaLog } from './log/open-kafka-log.js';
import { KafkaInstances } from './membership/kafka-instances.js';
import { createKafkaTopic } from './topic/create-kafka-topic.js';

const SESSION_MS = 1_500;
const SESSIONS = 4;
const topic = 'sessions.events';

await describeWithOwnBrokers('brokers whose sessions end after a second and a half', () => {
  let directory: string;
  let cluster: KafkaCluster;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'ledgerline-sessions-'));
    cluster = await startKafka({
      ...{ brokers: 1, directory: join(directory, 'kafka'), security: true },
      settings: { 'connections.max.reauth.ms': SESSION_MS },
    });
  }, 90_000);
  afterAll(async () => {
    await cluster?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it.each(['plain', 'scram-sha-512'] as const)(
    'by %s: every command is answered, and the group goes on',
    async (mechanism) => {
      const [user] = cluster.security?.users ?? [];
      const connection: KafkaConnection = {
        ...{ brokers: cluster.brokers, clientId: 'sessions', topicPrefix: `${mechanism}.` },
        ...{ ssl: { ca: cluster.security?.ca ?? '' }, sasl: { mechanism, username: '', password: '', ...user } },
      };
      await createKafkaTopic({ connection, topic, partitions: 2 });
      const log = await openKafkaLog({ connection, topic });
      const platform = testPlatform({ seed: 1 });
      await provisionChain(log, platform);
      const troubles: unknown[] = [];
      const onTrouble = (error: unknown): void => void troubles.push(error);
      const store = await EventStore.open({
        ...{ log, index: memoryStreamIndex(), platform, source: 'specs', onTrouble },
      });
      const instances = new KafkaInstances({
        ...{ connection, service: 'sessions', topics: [{ topic, partitions: 2 }], address: { token: 'a' } },
        ...{ sessionTimeoutMs: 6_000, heartbeatMs: 200, onHeld: () => Promise.resolve(), onTrouble },
      });
      await instances.join();
      const terms = new Set<number>();
      const until = performance.now() + SESSIONS * SESSION_MS;
      let sent = 0;
      for (; performance.now() < until; sent += 1) {
        const before = performance.now();
        const outcomes = await sendAll(store, { commands: 4, inFlight: 4, name: `batch-${sent}` });
        expect([...outcomes.values()].map(({ status }) => status)).toEqual(Array(4).fill('accepted'));
        // Long before anything is given up because it was not answered.
        expect(performance.now() - before).toBeLessThan(5_000);
        if (instances.term !== undefined) terms.add(instances.term);
      }
      expect(sent).toBeGreaterThan(SESSIONS);
      expect(store.failure).toBeUndefined();
      // Each end of a session was noticed, and was one reconnection.
      expect(troubles.length).toBeGreaterThan(0);
      expect(troubles.length).toBeLessThan(SESSIONS * 10);
      await eventually(() => expect(instances.held(topic)).toEqual([0, 1]));
      await instances.leave();
      await store.close();
      await log.close();
    },
  );
});
