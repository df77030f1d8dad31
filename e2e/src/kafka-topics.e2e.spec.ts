import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKafkaTopic, type KafkaConnection } from '@ledgerline/es-kafka';
import { eventually } from '@ledgerline/es-testing';
import {
  alterTopic,
  describeWithBroker,
  freePorts,
  kafkaClient,
  namedBrokers,
  runKafkaConfigs,
} from '@ledgerline/local-servers';
import type { Admin } from 'kafkajs';
import { startServices } from '../../scripts/services.mjs';
import { type Body, Es, es, type EsEnd } from './index.js';

const kafka = kafkaClient(namedBrokers);
const CREATE = ['topics', 'create', '--json'];

describeWithBroker('topics on Kafka', () => {
  let directory: string;
  let prefix: string;
  let env: Record<string, string | undefined>;
  let admin: Admin;

  beforeAll(async () => {
    admin = kafka.admin();
    await admin.connect();
  });
  afterAll(() => admin.disconnect());

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ledgerline-topics-'));
    prefix = `e2e-${randomUUID()}.`;
    env = { ...process.env, DATA_DIR: directory, KAFKA_TOPIC_PREFIX: prefix, LOG_LEVEL: 'warn' };
  });
  afterEach(async () => {
    const own = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix));
    if (own.length > 0) await admin.deleteTopics({ topics: own });
    await rm(directory, { recursive: true, force: true });
  });

  const verified = async (): Promise<Body> =>
    JSON.parse((await es(env, 'verify', '--no-read-models', '--json')).stdout) as Body;

  /** How the order service ends that is started on them, and what it said. */
  const startUp = async (): Promise<{ readonly code: number | null; readonly lines: readonly string[] }> => {
    const [port] = await freePorts(1);
    const lines: string[] = [];
    const own = { ...env, ORDER_SERVICE_PORT: `${port}` };
    const running = startServices({ env: own, only: ['order-service'], onLog: (_, line) => void lines.push(line) });
    const { code } = await running.firstEnd;
    const said = await eventually(() => {
      const plain = lines.filter((line) => !line.startsWith('{'));
      expect(plain).not.toEqual([]);
      return plain;
    });
    return { code, lines: said };
  };

  /** Starts the order service on them, and ends it again once it is ready. */
  const startsWell = async (): Promise<void> => {
    const [port] = await freePorts(1);
    const running = startServices({ env: { ...env, ORDER_SERVICE_PORT: `${port}` }, only: ['order-service'] });
    await running.ready().finally(() => running.stop());
  };

  it('are made by several at once, who agree, and may be made again', async () => {
    const ends: readonly EsEnd[] = await Promise.all([es(env, ...CREATE), es(env, ...CREATE), es(env, ...CREATE)]);
    expect(ends.map(({ code, stderr }) => [code, stderr])).toEqual([
      [0, ''],
      [0, ''],
      [0, ''],
    ]);
    expect(await verified()).toMatchObject({ ok: true });
    expect((await es(env, ...CREATE)).code).toBe(0);
    expect(await verified()).toMatchObject({ ok: true });
  });

  it('are finished by the next one when somebody was killed over it', async () => {
    for (const topic of ['orders.events', 'payments.events']) {
      const begun = new Es(env, CREATE);
      // The topic is there, and most likely not yet what has to be in it.
      await eventually(async () => expect(await admin.listTopics()).toContain(`${prefix}${topic}`));
      begun.kill();
      await begun.ended;
    }
    expect((await es(env, ...CREATE)).code).toBe(0);
    expect(await verified()).toMatchObject({ ok: true });
  });

  const connection = (): KafkaConnection => ({ brokers: namedBrokers, clientId: 'e2e', topicPrefix: prefix });
  const handMade = { topic: 'orders.events', partitions: 4 };

  it.each<[what: string, is: () => Promise<unknown>]>([
    ['are not there', () => Promise.resolve()],
    ['have no genesis records', () => createKafkaTopic({ connection: connection(), ...handMade })],
  ])('that %s are not made by a service, which says what to do; once that is done, it starts', async (_, is) => {
    await is();
    const { code, lines } = await startUp();
    expect([code, lines.length]).toEqual([1, 1]);
    const [, args = ''] = /`npm run -s es -- ([^`]+)`/.exec(lines.join()) ?? [];
    expect(await es(env, ...args.split(' '))).toMatchObject({ code: 0, stderr: '' });
    await startsWell();
  });

  it('of something else are refused, and can be made once what that says was done', async () => {
    await createKafkaTopic({ connection: connection(), ...handMade });
    const topic = `${prefix}orders.events`;
    const producer = kafka.producer({ allowAutoTopicCreation: false });
    await producer.connect();
    await producer.send({ topic, messages: [{ value: 'of somebody else', partition: 0 }] });
    await producer.disconnect();
    const { code, stderr } = await es(env, ...CREATE);
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('belongs to something else; delete it, or set another'),
    ]);
    await admin.deleteTopics({ topics: [topic] });
    await eventually(async () => expect(await es(env, ...CREATE)).toMatchObject({ code: 0 }));
    expect(await verified()).toMatchObject({ ok: true });
  });

  it.each([
    ['compacts', 'cleanup.policy', 'compact'],
    ['forgets what is old', 'retention.ms', '604800000'],
  ])('are refused where one %s, in one line with the remedy, and taken once that is done', async (_, name, value) => {
    expect(await es(env, ...CREATE)).toMatchObject({ code: 0 });
    await alterTopic(kafka, `${prefix}orders.events`, { [name]: value });
    const { code, lines } = await startUp();
    expect([code, lines]).toEqual([1, [expect.stringContaining(`${name} is ${value}`)]]);
    expect(await es(env, ...CREATE)).toMatchObject({ code: 1, stderr: expect.stringContaining(`${name} is ${value}`) });
    await runKafkaConfigs(kafka, lines.join());
    expect(await es(env, ...CREATE)).toMatchObject({ code: 0 });
    await startsWell();
  });

  it('keep the number of partitions that they were made with, whatever TOPIC_PARTITIONS says later', async () => {
    await es(env, ...CREATE);
    env = { ...env, TOPIC_PARTITIONS: '8' };
    expect(await es(env, ...CREATE)).toMatchObject({ code: 0, stderr: '' });
    const { ok, partitions } = await verified();
    expect(ok).toBe(true);
    expect(partitions).toHaveLength(8);
  });

  it('cannot be reached where no broker answers, which is one line within seconds', async () => {
    const [port] = await freePorts(1);
    env = { ...env, KAFKA_BROKERS: `127.0.0.1:${port}` };
    const { code, stderr } = await es(env, 'topics', 'create');
    expect([code, stderr]).toEqual([1, expect.stringContaining(`no broker answers at 127.0.0.1:${port}`)]);
  });
});
