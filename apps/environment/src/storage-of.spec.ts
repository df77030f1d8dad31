import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environment } from './environment.js';
import { readConfig } from './read-config.js';
import { surroundingsOf } from './surroundings-of.js';
import { storageOf } from './storage-of.js';

const storageIn = (env: Readonly<Record<string, string>>) => storageOf(readConfig(environment, env));

describe('the storage that the environment names', () => {
  let DATA_DIR: string;

  beforeEach(() => {
    DATA_DIR = mkdtempSync(join(tmpdir(), 'shop-environment-'));
  });
  afterEach(() => rmSync(DATA_DIR, { recursive: true }));

  it('is embedded, with a key that it may generate, where nothing is set', async () => {
    const storage = await storageIn({ DATA_DIR });
    expect(storage.personal?.generateMasterKey).toBeDefined();
    expect(storage).not.toHaveProperty('commandBroker');
    expect(storage.openInstances).toBeUndefined();
  });

  it.each<Readonly<Record<string, string>>>([
    { KAFKA_BROKERS: '127.0.0.1:1' },
    { MONGODB_URI: 'mongodb://127.0.0.1:1/x' },
    { MASTER_KEY: 'x' },
  ])('generates no master key with %j', async (env) => {
    const { personal } = await storageIn({ DATA_DIR, ...env });
    expect(personal).toBeDefined();
    expect(personal?.generateMasterKey).toBeUndefined();
  });

  it('is on Kafka, and takes commands from there, where brokers are named', async () => {
    const storage = await storageIn({ DATA_DIR, KAFKA_BROKERS: '127.0.0.1:1', KAFKA_TOPIC_PREFIX: 'dev.' });
    expect(storage.openInstances).toBeDefined();
    expect('commandBroker' in storage && storage.commandBroker.nameOnCluster('orders.commands')).toBe(
      'dev.orders.commands',
    );
  });

  it.each([
    [{ MASTER_KEY: 'too short' }, /^MASTER_KEY must hold keys/],
    [{ MASTER_KEY_FILE: '/nowhere/master.key' }, /^MASTER_KEY_FILE names \/nowhere\/master.key, which cannot be read/],
    [{ MASTER_KEY: 'x', MASTER_KEY_FILE: 'y' }, /^MASTER_KEY must not be set together with MASTER_KEY_FILE$/],
  ])('is refused by those who read personal data with %j', async (env, message) => {
    const { personal } = await storageIn({ DATA_DIR, ...env });
    await expect(personal?.masterKeys()).rejects.toMatchObject({
      ...{ code: 'master-key-unusable', message: expect.stringMatching(message) as string },
    });
  });

  it('comes with what a service is started with', async () => {
    const INSTANCE_SECRET = 'x'.repeat(32);
    const env = { DATA_DIR, HOST: '0.0.0.0', CLOCK_SKEW_LIMIT_S: '2', TOPIC_CHECK_S: '3', LOG_LEVEL: 'warn' };
    const config = readConfig(environment, { ...env, INSTANCE_SECRET, ADVERTISED_URL: 'http://order-service-1:3001/' });
    expect(await surroundingsOf('spec', config)).toMatchObject({
      ...{ maxClockSkewMs: 2_000, topicCheckIntervalMs: 3_000 },
      ...{ instanceSecret: INSTANCE_SECRET, advertisedUrl: 'http://order-service-1:3001' },
    });
  });
});
