import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@ledgerline/es-testing';
import { describeWithBroker, freePorts, kafkaClient, namedBrokers } from '@ledgerline/local-servers';
import { type Admin, ConfigResourceTypes } from 'kafkajs';
import { startServices } from '../../scripts/services.mjs';
import { type Body, Es, es, type EsEnd } from './index.js';

const CREATE = ['topics', 'create', '--json'];

describeWithBroker('topics on Kafka', () => {
  let directory: string;
  let prefix: string;
  let env: Record<string, string | undefined>;
  let admin: Admin;

  beforeAll(async () => {
    admin = kafkaClient(namedBrokers).admin();
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

  it('are not made by a service, which says what to do', async () => {
    const { code, lines } = await startUp();
    expect(code).toBe(1);
    expect(lines).toEqual([expect.stringContaining('es -- topics create')]);
  });

  it.each<[what: string, spoil: (topic: string) => Promise<unknown>, said: string]>([
    ['compacts', (topic) => configure(topic, 'cleanup.policy', 'compact'), 'cleanup.policy is compact'],
    ['forgets what is old', (topic) => configure(topic, 'retention.ms', '604800000'), 'retention.ms is 604800000'],
    ['forgets what is much', (topic) => configure(topic, 'retention.bytes', '1000000'), 'retention.bytes is 1000000'],
  ])('are refused where one %s, in one line with the remedy', async (_, spoil, said) => {
    expect(await es(env, ...CREATE)).toMatchObject({ code: 0 });
    await spoil(`${prefix}orders.events`);
    const { code, lines } = await startUp();
    expect(code).toBe(1);
    expect(lines).toEqual([expect.stringContaining(said)]);
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
    const { code, lines } = await startUp();
    expect([code, lines]).toEqual([1, [expect.stringContaining(`no broker answers at 127.0.0.1:${port}`)]]);
    const created = await es(env, 'topics', 'create');
    expect([created.code, created.stderr]).toEqual([1, expect.stringContaining('no broker answers')]);
  });

  const configure = (name: string, key: string, value: string): Promise<unknown> =>
    admin.alterConfigs({
      validateOnly: false,
      resources: [{ type: ConfigResourceTypes.TOPIC, name, configEntries: [{ name: key, value }] }],
    });
});
