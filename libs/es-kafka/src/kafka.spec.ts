import { memoryReadModelStore, memoryKeyStore, memoryStorage, testPlatform } from '@ledgerline/es-testing';
import { kafka } from './kafka.js';
import type { KafkaOptions } from './kafka-options.js';

const notAskedFor = (): never => {
  throw new Error('not asked for');
};
const local = memoryStorage({
  platform: testPlatform({ seed: 1 }),
  personal: {
    cryptography: { newKey: notAskedFor, encrypt: notAskedFor, decrypt: notAskedFor, hmac: notAskedFor },
    masterKeys: () => Promise.resolve(undefined),
    generateMasterKey: () => Promise.resolve('/made'),
  },
});

describe('the storage on Kafka', () => {
  it('has on this machine what is no topic, and generates no key there that others would not know', async () => {
    const storage = kafka({ brokers: ['127.0.0.1:1'], local });
    expect(storage.platform).toBe(local.platform);
    expect(await storage.openReadModels()).toBe(await local.openReadModels());
    expect(storage.personal?.generateMasterKey).toBeUndefined();
    expect(await storage.personal?.masterKeys()).toBeUndefined();
  });

  it('has its read models and keys where they are said to be', async () => {
    const [readModels, keys] = [memoryReadModelStore(), memoryKeyStore()];
    const storage = kafka({
      ...{ brokers: ['127.0.0.1:1'], local },
      readModels: { openReadModels: () => Promise.resolve(readModels), openKeys: () => Promise.resolve(keys) },
    });
    expect([await storage.openReadModels(), await storage.openKeys()]).toEqual([readModels, keys]);
  });

  it('makes clients of kafkajs with all by which the brokers know them, a copy for each', () => {
    const sasl = { mechanism: 'plain', username: 'parcels', password: 'hunter2' } as const;
    const { commandBroker } = kafka({ brokers: ['[::1]:9093'], local, ssl: true, sasl, topicPrefix: 'dev.' });
    const client = commandBroker.clientOptions();
    expect(client).toMatchObject({ brokers: ['--1.ipv6-literal.net:9093'], clientId: 'ledgerline', ssl: true, sasl });
    expect(commandBroker.clientOptions().sasl).not.toBe(client.sasl);
    expect(commandBroker.nameOnCluster('parcels.commands')).toBe('dev.parcels.commands');
  });

  it.each<[object, string]>([
    [{ local }, 'kafka: brokers must be a list of brokers as host:port'],
    [{ local, brokers: [] }, 'kafka: brokers must name at least one broker as host:port'],
    [{ local, brokers: ['kafka-1:9092', 'kafka-2'] }, 'kafka: brokers.1 must be host:port, such as kafka-1:9092'],
    [{ brokers: ['k:1'] }, 'kafka: local must be the storage of this machine, such as embedded({ dataDir })'],
    [{ brokers: ['k:1'], local, ssl: 'yes' }, 'kafka: ssl must be true, false, or the options of tls.connect'],
    [{ brokers: ['k:1'], local, sasl: 'hunter2' }, 'kafka: sasl must be an object of mechanism, username and password'],
    [
      { brokers: ['k:1'], local, sasl: { mechanism: 'gssapi', username: 'u', password: 'hunter2' } },
      'kafka: sasl.mechanism must be one of plain, scram-sha-256, scram-sha-512',
    ],
    [{ brokers: ['k:1'], local, topicPrefix: 'a b' }, 'kafka: topicPrefix must be 1 to 100 characters of A-Za-z0-9._-'],
    [{ brokers: ['k:1'], local, readModels: {} }, 'kafka: readModels must be a store of read models'],
  ])('refuses %#, naming the option and the rule, never a secret', (options, message) => {
    expect(() => kafka(options as KafkaOptions)).toThrow(message);
    expect(() => kafka(options as KafkaOptions)).not.toThrow('hunter2');
  });
});
