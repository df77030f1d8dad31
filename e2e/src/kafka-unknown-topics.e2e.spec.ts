import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWithBroker, kafkaClient, namedBrokers } from '@ledgerline/local-servers';
import type { Admin } from 'kafkajs';
import { es, jsonOf, overEverything, provisionThree, THIRD_TOPIC } from './index.js';

describeWithBroker('a third service that records events on Kafka', () => {
  let directory: string;
  let env: Record<string, string | undefined>;
  let admin: Admin;
  const prefix = `e2e-${randomUUID()}.`;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ledgerline-third-'));
    env = {
      ...process.env,
      ...{ KAFKA_BROKERS: namedBrokers.join(','), KAFKA_TOPIC_PREFIX: prefix, MONGODB_URI: '', DATA_DIR: directory },
    };
    await provisionThree(env);
    admin = kafkaClient(namedBrokers).admin();
    await admin.connect();
  });
  afterAll(async () => {
    const made = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix));
    await admin.deleteTopics({ topics: made });
    await admin.disconnect();
    await rm(directory, { recursive: true });
  });

  it.each(overEverything('elsewhere').map((args) => [args.join(' ')]))('is named, and es %s fails', async (line) => {
    const { code, stdout, stderr } = await es(env, ...line.split(' '), '--json');
    expect([code, stderr]).toEqual([1, expect.stringContaining(`es: ${THIRD_TOPIC}: events are recorded there`)]);
    expect(jsonOf(stdout)).toMatchObject({ error: { code: 'unknown-topic' } });
  });

  it('is not held against a system that has the cluster in common with it', async () => {
    const other = { ...env, KAFKA_TOPIC_PREFIX: `${prefix}other.` };
    await es(other, 'topics', 'create');
    expect(await es(other, 'verify', '--no-read-models')).toMatchObject({ code: 0 });
    await admin.deleteTopics({ topics: [`${prefix}${THIRD_TOPIC}`] });
    expect(await es(env, 'verify', '--no-read-models')).toMatchObject({ code: 0 });
  });
});
