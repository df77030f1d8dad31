import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@ledgerline/es-testing';
import {
  describeWithOwnBrokers,
  freePorts,
  type KafkaCluster,
  kafkaClient,
  secureBrokers,
  startKafka,
  topicEnds,
  withAdmin,
} from '@ledgerline/local-servers';
import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, type Kafka, ResourcePatternTypes } from 'kafkajs';
import { startServices, type ServiceName } from '../../scripts/services.mjs';
import { ask, CommandClient, es, Shop } from './index.js';

/** A refusal is quick: this leaves room for a machine that does other things too. */
const REFUSED_WITHIN_MS = 20_000;
const patience = { timeoutMs: 30_000, everyMs: 20 };

const { TOPIC, GROUP } = AclResourceTypes;
const { CREATE, DESCRIBE, DESCRIBE_CONFIGS, READ, WRITE } = AclOperationTypes;
const { LITERAL } = ResourcePatternTypes;
type Right = readonly [resource: AclResourceTypes, name: string, operations: readonly AclOperationTypes[]];

type Variables = Readonly<Record<string, string>>;

await describeWithOwnBrokers('brokers that require TLS and SASL', () => {
  let directory: string;
  let caFile: string;
  let otherCaFile: string;
  let noCaFile: string;
  const WRONG = 'a-wrong-password-nobody-has';
  let cluster: KafkaCluster;
  let dataDirs = 0;

  const passwordOf = (name: string): string =>
    cluster.security?.users.find(({ username }) => username === name)?.password ?? '';
  const secured = (mechanism: string, username = 'alice', password = passwordOf(username)): Variables => ({
    ...{ KAFKA_BROKERS: cluster.brokers.join(','), KAFKA_SSL: 'true', KAFKA_SSL_CA: caFile },
    ...{ KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_USERNAME: username, KAFKA_SASL_PASSWORD: password },
  });
  const newDataDir = (): string => join(directory, `data-${(dataDirs += 1)}`);

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'ledgerline-secured-'));
    [caFile, otherCaFile, noCaFile] = [join(directory, 'ca'), join(directory, 'other-ca'), join(directory, 'no-ca')];
    cluster = await startKafka({
      ...{ brokers: 1, directory: join(directory, 'kafka'), security: true },
      settings: {
        'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
        // The brokers among themselves show no credentials here.
        'super.users': 'User:alice;User:ANONYMOUS',
      },
    });
    writeFileSync(caFile, cluster.security?.ca ?? '');
    writeFileSync(noCaFile, 'these are no certificates');
    const other = await secureBrokers(join(directory, 'other'));
    writeFileSync(otherCaFile, other.client.ca);
  }, 90_000);
  afterAll(async () => {
    await cluster?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  /** Nothing that anybody was told has a password in it. */
  const expectNoSecrets = (...texts: readonly string[]): void => {
    const all = texts.join('\n');
    for (const secret of [passwordOf('alice'), passwordOf('bob'), WRONG]) expect(all.includes(secret)).toBe(false);
  };

  describe.each(['plain', 'scram-sha-512'])('%s', (mechanism) => {
    it('is all that the shop needs, and no password is told to anybody', async () => {
      const env = secured(mechanism);
      const shop = await Shop.open({ ...env, LOG_LEVEL: 'trace' });
      try {
        const prefix = shop.env['KAFKA_TOPIC_PREFIX'] ?? '';
        const created = await es({ ...shop.env }, 'topics', 'create');
        expect(created).toEqual({ code: 0, stderr: '', stdout: expect.stringContaining('orders.commands is ready') });
        const client = await CommandClient.connect({
          ...{ brokers: cluster.brokers, topics: [`${prefix}orders.commands`], group: `${prefix}front` },
          ssl: { ca: cluster.security?.ca ?? '' },
          sasl: { mechanism: 'plain', username: 'alice', password: passwordOf('alice') },
        });
        const data = { sku: '85123A', quantity: 6, unitPrice: { amount: '2.55', currency: 'GBP' } };
        const item = { id: 'i1', type: 'AddItemToCart', stream: 'cart-1', data };
        expect(await client.send(`${prefix}orders.commands`, item)).toMatchObject({ status: 'accepted' });
        await client.close();
        const order = { orderId: '1', cartId: '1', customerId: 'ada' };
        expect((await ask(`POST ${shop.orders}/orders`, { body: order })).status).toBe(201);
        await eventually(
          async () => expect((await ask(`GET ${shop.projections}/orders/1`)).status).toBe(200),
          patience,
        );
        const told = [];
        for (const url of [shop.orders, shop.payments, shop.projections])
          for (const path of [
            'metrics',
            'health/live',
            'health/ready',
            'openapi.json',
            'log',
            'reactors',
            'projections',
          ])
            told.push((await ask(`GET ${url}/${path}`)).text);
        expect(told.join('\n')).toContain('ledgerline_writer');
        expect(shop.log.join('\n')).toContain('"level":"debug"');
        expectNoSecrets(created.stdout, ...shop.log, ...told);
      } finally {
        await shop.close();
      }
    });
  });

  const refused: readonly (readonly [string, () => Variables, RegExp])[] = [
    [
      'a wrong password',
      () => secured('plain', 'alice', WRONG),
      /refuses the plain credentials of user alice: check KAFKA_SASL_/,
    ],
    [
      'a wrong password',
      () => secured('scram-sha-512', 'alice', WRONG),
      /refuses the scram-sha-512 credentials of user alice: check KAFKA_SASL_/,
    ],
    [
      'an unknown user',
      () => secured('scram-sha-512', 'mallory', WRONG),
      /refuses the scram-sha-512 credentials of user mallory: check KAFKA_SASL_/,
    ],
    [
      'a mechanism that is not enabled',
      () => secured('scram-sha-256'),
      /refuses the scram-sha-256 credentials of user alice: check KAFKA_SASL_/,
    ],
    [
      'another authority',
      () => ({ ...secured('plain'), KAFKA_SSL_CA: otherCaFile }),
      /do not agree on TLS \(\w+\): check KAFKA_SSL and/,
    ],
    [
      'the system’s authorities',
      () => ({ ...secured('plain'), KAFKA_SSL_CA: '' }),
      /do not agree on TLS \(\w+\): check KAFKA_SSL and/,
    ],
    [
      'a file without certificates',
      () => ({ ...secured('plain'), KAFKA_SSL_CA: noCaFile }),
      /KAFKA_SSL_CA must be a file/,
    ],
    [
      'no credentials',
      () => ({ KAFKA_BROKERS: cluster.brokers.join(','), KAFKA_SSL: 'true', KAFKA_SSL_CA: caFile }),
      /KAFKA_SASL_/,
    ],
    ['no TLS', () => ({ ...secured('plain'), KAFKA_SSL: 'false', KAFKA_SSL_CA: '' }), /KAFKA_SSL/],
    ['neither', () => ({ KAFKA_BROKERS: cluster.brokers.join(',') }), /KAFKA_SSL/],
    [
      'TLS to a broker without',
      () => ({ ...secured('plain'), KAFKA_BROKERS: cluster.internalListeners.join(',') }),
      /KAFKA_SSL/,
    ],
  ];

  /** What a program wrote: one line, nothing of where in the code it happened, and no password. */
  const expectOneLine = (text: string, wanted: RegExp): void => {
    expect(text.trimEnd().split('\n')).toEqual([expect.stringMatching(wanted)]);
    expect(text).not.toMatch(/\n\s+at |\.js:\d/);
    expectNoSecrets(text);
  };

  it.each(refused)('refuse %s, and the command line says so in one line', async (_, variables, line) => {
    const before = performance.now();
    const { code, stdout, stderr } = await es(
      { ...process.env, DATA_DIR: newDataDir(), ...variables() },
      'topics',
      'create',
    );
    expect(performance.now() - before).toBeLessThan(REFUSED_WITHIN_MS);
    expect([code, stdout]).toEqual([1, '']);
    expectOneLine(stderr, line);
  });

  // The same words by another program: of each kind one is enough.
  it.each(
    refused.filter(([what]) => ['an unknown user', 'another authority', 'a file without certificates'].includes(what)),
  )('refuse %s, and a service ends with one line', async (_, variables, line) => {
    const { lines, end, took } = await endOf('order-service', variables());
    expect(took).toBeLessThan(REFUSED_WITHIN_MS);
    expect(end).toMatchObject({ code: 1 });
    expectOneLine(lines.filter((one) => !one.startsWith('{')).join('\n'), line);
    expectNoSecrets(...lines);
  });

  // A broker that ends a connection without a word may be one that is starting.
  it.each(refused.filter(([what]) => ['no credentials', 'neither'].includes(what)))(
    'say nothing to who comes with %s, and a service says once what to look at, and waits',
    async (_, variables, line) => {
      const [port] = await freePorts(1);
      const lines: string[] = [];
      const running = startServices({
        env: { ...process.env, DATA_DIR: newDataDir(), ORDER_SERVICE_PORT: `${port}`, ...variables() },
        ...{ only: ['order-service'], onLog: (_: string, line: string) => void lines.push(line) },
      });
      try {
        await eventually(() => expect(lines).toHaveLength(1), patience);
        const ready = await ask(`GET http://127.0.0.1:${port}/health/ready`);
        expect([ready.status, ready.body['code']]).toEqual([503, 'service-not-ready']);
      } finally {
        await running.stop();
      }
      expect(lines).toEqual([expect.stringMatching(line)]);
      expect(lines).toEqual([expect.stringContaining('"event":"log-awaited"')]);
      expectNoSecrets(...lines);
    },
  );

  it('refuse a wrong password, and a service that only reads says so once for each topic and waits', async () => {
    const [port] = await freePorts(1);
    const lines: string[] = [];
    const running = startServices({
      env: {
        ...{ ...process.env, LOG_LEVEL: 'trace', DATA_DIR: newDataDir(), PROJECTION_SERVICE_PORT: `${port}` },
        ...secured('plain', 'alice', WRONG),
      },
      ...{ only: ['projection-service'], onLog: (_: string, line: string) => void lines.push(line) },
    });
    const awaited = (): readonly string[] => lines.filter((line) => line.includes('"event":"topic-awaited"'));
    try {
      await eventually(() => expect(awaited()).toHaveLength(2), patience);
      expect(awaited()).toEqual([0, 1].map(() => expect.stringMatching(/refuses the plain credentials of user alice/)));
      const ready = await ask(`GET http://127.0.0.1:${port}/health/ready`);
      expect([ready.status, ready.body['code']]).toEqual([503, 'service-not-ready']);
      expectNoSecrets(...lines, ready.text);
    } finally {
      await running.stop();
    }
    expect(awaited()).toHaveLength(2);
  });

  const endOf = async (name: ServiceName, variables: Variables) => {
    const [port] = await freePorts(1);
    const lines: string[] = [];
    const before = performance.now();
    const running = startServices({
      env: { ...process.env, LOG_LEVEL: 'trace', DATA_DIR: newDataDir(), ORDER_SERVICE_PORT: `${port}`, ...variables },
      ...{ only: [name], onLog: (_: string, line: string) => void lines.push(line) },
    });
    const end = await running.firstEnd;
    return { lines, end, took: performance.now() - before };
  };

  /** Rights of one principal on what the names begin with, and nothing more. */
  const grant = (principal: string, rights: readonly Right[]): Promise<unknown> =>
    withAdmin(asAlice(), (admin) =>
      admin.createAcls({
        acl: rights.flatMap(([resourceType, resourceName, operations]) =>
          operations.map((operation) => ({
            ...{ resourceType, resourceName, operation, principal: `User:${principal}`, host: '*' },
            ...{ resourcePatternType: LITERAL, permissionType: AclPermissionTypes.ALLOW },
          })),
        ),
      }),
    );
  /** By the one who may do everything. */
  const asAlice = (): Kafka => {
    const sasl = { mechanism: 'plain', username: 'alice', password: passwordOf('alice') } as const;
    return kafkaClient(cluster.brokers, { ssl: { ca: cluster.security?.ca ?? '' }, sasl });
  };

  /** What the how-to names for a service that owns a topic. */
  const rightsOf = (prefix: string, name: 'order' | 'payment'): readonly Right[] => {
    const [own, other] = name === 'order' ? ['orders', 'payments'] : ['payments', 'orders'];
    return [
      [TOPIC, `${prefix}${own}.events`, [READ, WRITE, DESCRIBE_CONFIGS]],
      [TOPIC, `${prefix}${other}.events`, [READ, DESCRIBE_CONFIGS]],
      [TOPIC, `${prefix}${own}.commands`, [READ]],
      [TOPIC, `${prefix}${own}.commands.reply`, [WRITE]],
      [GROUP, `${prefix}${name}-service-server`, [READ]],
      [GROUP, `${prefix}ledgerline.${name}-service`, [READ]],
    ];
  };

  it('let each do its part with the rights that the how-to names, and a whole order goes through', async () => {
    const prefix = 'each.';
    const [events, commands] = [
      ['orders.events', 'payments.events'],
      ['orders.commands', 'orders.commands.reply', 'payments.commands', 'payments.commands.reply'],
    ];
    const as = (user: string): Variables => ({ ...secured('scram-sha-512', user), KAFKA_TOPIC_PREFIX: prefix });
    await grant('erin', [
      ...events.map((topic): Right => [TOPIC, `${prefix}${topic}`, [CREATE, READ, WRITE, DESCRIBE_CONFIGS]]),
      ...commands.map((topic): Right => [TOPIC, `${prefix}${topic}`, [CREATE, DESCRIBE]]),
    ]);
    expect(await es({ ...process.env, ...as('erin'), DATA_DIR: newDataDir() }, 'topics', 'create')).toMatchObject({
      code: 0,
    });
    await grant('bob', rightsOf(prefix, 'order'));
    await grant('carol', rightsOf(prefix, 'payment'));
    await grant(
      'dave',
      events.map((topic): Right => [TOPIC, `${prefix}${topic}`, [READ, DESCRIBE_CONFIGS]]),
    );
    const users = { 'order-service': 'bob', 'payment-service': 'carol', 'projection-service': 'dave' } as const;
    const ports = await freePorts(3);
    const [orders, payments, projections] = ports.map((port) => `http://127.0.0.1:${port}`);
    const env = {
      ...{ ...process.env, DATA_DIR: newDataDir(), ORDER_SERVICE_PORT: `${ports[0]}` },
      ...{ PAYMENT_SERVICE_PORT: `${ports[1]}`, PROJECTION_SERVICE_PORT: `${ports[2]}` },
    };
    const lines: string[] = [];
    const running = (Object.keys(users) as ServiceName[]).map((name) =>
      startServices({
        ...{ env: { ...env, ...as(users[name]) }, only: [name] },
        onLog: (_: string, line: string) => void lines.push(line),
      }),
    );
    try {
      await Promise.all(running.map((service) => service.ready()));
      const takers = (): readonly string[] => lines.filter((line) => line.includes('"event":"commands-taken"'));
      await eventually(() => expect(takers()).toHaveLength(2), patience);
      const unitPrice = { amount: '2.55', currency: 'GBP' };
      await ask(`POST ${orders}/carts/c/items`, { body: { sku: '85123A', quantity: 6, unitPrice } });
      const order = { orderId: 'o', cartId: 'c', customerId: 'ada', country: 'EIRE' };
      expect((await ask(`POST ${orders}/orders`, { body: order })).status).toBe(201);
      await eventually(
        async () =>
          expect((await ask(`POST ${payments}/payments/o/process`, { body: { method: 'tok_ok' } })).status).toBe(200),
        patience,
      );
      await eventually(
        async () =>
          expect((await ask(`GET ${projections}/orders/o`)).body).toMatchObject({
            ...{ status: 'confirmed', payment: { status: 'processed' } },
          }),
        patience,
      );
    } finally {
      await Promise.all(running.map((service) => service.stop()));
    }
  });

  describe('a principal of its own for the order service', () => {
    const prefix = 'acl.';
    const own = rightsOf(prefix, 'order');
    const reading = own.map(([type, name, operations]): Right => [
      type,
      name,
      operations.filter((one) => one !== WRITE),
    ]);
    const item = { sku: '85123A', quantity: 6, unitPrice: { amount: '2.55', currency: 'GBP' } };

    beforeAll(async () => {
      const env = { ...process.env, ...secured('plain'), KAFKA_TOPIC_PREFIX: prefix, DATA_DIR: newDataDir() };
      expect(await es(env, 'topics', 'create')).toMatchObject({ code: 0 });
    });

    it('that was granted nothing is told so in one line, by services and by `topics create`', async () => {
      const variables = { ...secured('scram-sha-512', 'bob'), KAFKA_TOPIC_PREFIX: prefix };
      const { lines, end } = await endOf('order-service', variables);
      expect(end).toMatchObject({ code: 1 });
      expectOneLine(lines.filter((one) => !one.startsWith('{')).join('\n'), /grant it Describe/);
      const other = { ...process.env, ...variables, KAFKA_TOPIC_PREFIX: 'bob.', DATA_DIR: newDataDir() };
      const created = await es(other, 'topics', 'create');
      expect(created.code).toBe(1);
      expectOneLine(created.stderr, /grant this principal Create|grant it Describe/);
    });

    it('that may not write is told so in one line, and the log is as it was', async () => {
      await grant('bob', reading);
      const before = await topicEnds(asAlice(), `${prefix}orders.events`);
      const { lines, end, took } = await endOf('order-service', {
        ...{ ...secured('scram-sha-512', 'bob'), KAFKA_TOPIC_PREFIX: prefix },
      });
      expect([took < REFUSED_WITHIN_MS, end.code]).toEqual([true, 1]);
      expectOneLine(
        lines.filter((one) => !one.startsWith('{')).join('\n'),
        /orders\.events: .* grant it Write on the topic/,
      );
      expect(await topicEnds(asAlice(), `${prefix}orders.events`)).toEqual(before);
    });

    it('works with the rights that the how-to names; without one of them nothing is half done', async () => {
      await grant('bob', own);
      const [port] = await freePorts(1);
      const orders = `http://127.0.0.1:${port}`;
      const lines: string[] = [];
      const running = startServices({
        env: {
          ...{ ...process.env, LOG_LEVEL: 'trace', DATA_DIR: newDataDir(), ORDER_SERVICE_PORT: `${port}` },
          ...{ ...secured('scram-sha-512', 'bob'), KAFKA_TOPIC_PREFIX: prefix },
        },
        ...{ only: ['order-service'], onLog: (_: string, line: string) => void lines.push(line) },
      });
      const add = (cart: string): ReturnType<typeof ask> =>
        ask(`POST ${orders}/carts/${cart}/items`, { body: item, headers: { 'Idempotency-Key': 'i1' } });
      try {
        await running.ready();
        await eventually(() => expect(lines.join('\n')).toContain('"event":"commands-taken"'), patience);
        expect((await add('c1')).status).toBe(200);
        const before = await topicEnds(asAlice(), `${prefix}orders.events`);
        await revokeWrite('bob', `${prefix}orders.events`);
        const refused = await add('c2');
        // The log takes not even what would make certain that it took nothing.
        expect([refused.status, refused.body['code']]).toEqual([503, 'outcome-unknown']);
        const ready = await ask(`GET ${orders}/health/ready`);
        expect([ready.status, ready.body['code']]).toEqual([500, 'log-misconfigured']);
        expect(ready.body['detail']).toMatch(/^orders\.events: .*grant it Write on the topic/);
        expect(await topicEnds(asAlice(), `${prefix}orders.events`)).toEqual(before);
        expect((await ask(`GET ${orders}/carts/c2`)).status).toBe(404);
        await grant('bob', own);
        await eventually(
          async () => expect(await add('c2')).toMatchObject({ status: 200, body: { version: 1 } }),
          patience,
        );
        expect((await ask(`GET ${orders}/health/ready`)).status).toBe(200);
        const { text } = await ask(`GET ${orders}/streams/cart-c2/events`);
        expect((JSON.parse(text) as { items: unknown[] }).items).toHaveLength(1);
        expectNoSecrets(...lines, refused.text, text);
      } finally {
        await running.stop();
      }
    });
  });

  const revokeWrite = (principal: string, topic: string): Promise<unknown> =>
    withAdmin(asAlice(), (admin) =>
      admin.deleteAcls({
        filters: [
          {
            ...{ resourceType: TOPIC, resourceName: topic, resourcePatternType: LITERAL, host: '*' },
            ...{ principal: `User:${principal}`, operation: WRITE, permissionType: AclPermissionTypes.ALLOW },
          },
        ],
      }),
    );
});
