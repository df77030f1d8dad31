import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { type CommandAnswer, type CommandMetadata, type CommandOf, LogUnavailable } from '@ledgerline/es-core';
import type { Storage } from '@ledgerline/es-core/adapter';
import { embedded } from '@ledgerline/es-embedded';
import { kafka, type KafkaStorage } from '@ledgerline/es-kafka';
import { eventually } from '@ledgerline/es-testing';
import {
  describeWithOwnBrokers,
  type KafkaCluster,
  kafkaClient,
  startKafka,
  withAdmin,
} from '@ledgerline/local-servers';
import { Injectable, Logger, Module } from '@nestjs/common';
import { ClientKafka } from '@nestjs/microservices';
import { CompressionTypes, type Kafka, logLevel, type Producer } from 'kafkajs';
import { firstValueFrom, timeout } from 'rxjs';
import { jar } from '../../fixtures/jar.js';
import { type RunningService, startService } from '../../fastify/start-service.js';
import { serviceWith } from '../../fixtures/service-with.js';
import { letKafkaJsPack, PACKED } from '../../fixtures/packing.js';
import { EventSourcingModule, HandlesCommand, type Log, type LogFacts, ServiceEventStore } from '../../index.js';

const PATIENCE = { timeoutMs: 30_000, everyMs: 10 };
const COMMANDS = 'jars.commands';

/** What was handled, in order, and what is to fail. */
const handled: string[] = [];
const failing = new Map<string, () => Error>();
const held = new Map<string, Promise<void>>();

/** Lets the command wait until the answer is called. */
const hold = (commandId: string): (() => void) => {
  let release = (): void => undefined;
  held.set(commandId, new Promise((resolve) => (release = resolve)));
  return release;
};

@Injectable()
class Jars {
  @HandlesCommand(jar, 'Fill')
  async fill(
    id: string,
    _command: CommandOf<typeof jar>,
    { commandId = '' }: CommandMetadata,
  ): Promise<CommandAnswer<typeof jar>> {
    const failure = failing.get(commandId)?.();
    if (failure) throw failure;
    await held.get(commandId);
    handled.push(commandId);
    const place = { stream: `jar-${id}`, version: handled.length, position: `jars.events/0@${handled.length}` };
    return { ...place, status: 'accepted', repeated: false, events: () => [] };
  }
}

@Module({ imports: [EventSourcingModule.forFeature({ aggregates: [jar] })], providers: [Jars] })
class JarModule {}

/** What a service says, to be looked at. */
class KeptLog implements Log {
  readonly lines: { readonly event: string; readonly facts: LogFacts }[] = [];
  readonly debug = (): void => undefined;
  readonly info = (event: string, facts: LogFacts = {}): void => void this.lines.push({ event, facts });
  readonly warn = this.info;
  readonly error = this.info;

  of(event: string): readonly LogFacts[] {
    return this.lines.filter((line) => line.event === event).map(({ facts }) => facts);
  }
}

// It hurts its broker.
await describeWithOwnBrokers('commands over Kafka', () => {
  let directory: string;
  let cluster: KafkaCluster;
  let clients: Kafka;
  let runs = 0;

  let log: KeptLog;
  let local: Storage;
  let storage: KafkaStorage;
  let running: RunningService;
  let client: ClientKafka;
  let commandTopic: string;
  let prefix: string;

  beforeAll(async () => {
    letKafkaJsPack();
    Logger.overrideLogger(['error']);
    directory = mkdtempSync(join(tmpdir(), 'ledgerline-commands-'));
    cluster = await startKafka({ brokers: 1, directory: join(directory, 'kafka') });
    clients = kafkaClient(cluster.brokers);
    // The first group that there is takes a new cluster a while, and Nest's client does not wait for it.
    await eventually(() => withAdmin(clients, (admin) => admin.fetchOffsets({ groupId: 'first' })), PATIENCE);
  });
  afterAll(async () => {
    await cluster?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  beforeEach(() => {
    runs += 1;
    handled.length = 0;
    failing.clear();
    held.clear();
    prefix = `run-${runs}.`;
    commandTopic = `${prefix}${COMMANDS}`;
    log = new KeptLog();
    local = embedded({ dataDir: join(directory, `${runs}`), partitions: 2 });
    storage = kafka({ brokers: cluster.brokers, topicPrefix: prefix, partitions: 2, local });
  });
  afterEach(async () => {
    await client?.close();
    await running?.close();
  });

  /** The log is embedded here: nothing but the commands is on Kafka. */
  const start = async (): Promise<void> => {
    const { commandBroker } = storage;
    const options = { service: 'jar-service', commandsTopic: COMMANDS, storage: { ...local, commandBroker }, log };
    running = await startService(serviceWith(options, JarModule));
    await running.ready;
  };
  const provision = async (): Promise<void> => storage.provisionCommands?.(COMMANDS);
  const connect = async (): Promise<void> => {
    client = new ClientKafka({
      // In specs kafkajs gives up sooner than elsewhere.
      client: {
        brokers: [...cluster.brokers],
        logLevel: logLevel.NOTHING,
        retry: { initialRetryTime: 100, retries: 10 },
      },
      consumer: { groupId: `${prefix}front`, maxWaitTimeInMs: 100, sessionTimeout: 6_000, heartbeatInterval: 1_000 },
      subscribe: { fromBeginning: true },
    });
    client.subscribeToResponseOf(commandTopic);
    await client.connect();
  };
  const startAll = async (): Promise<void> => {
    await provision();
    await start();
    await connect();
  };
  const fill = (id: string, stream = 'jar-1') => ({ key: stream, value: { id, type: 'Fill', stream, data: {} } });
  const ask = (id: string, stream?: string): Promise<unknown> =>
    firstValueFrom(client.send(commandTopic, fill(id, stream)).pipe(timeout(20_000)));
  const fillMessage = (id: string) => ({ key: 'jar-1', value: JSON.stringify(fill(id).value) });
  const withProducer = async (work: (producer: Producer) => Promise<void>): Promise<void> => {
    const producer = clients.producer({ allowAutoTopicCreation: false });
    await producer.connect();
    try {
      await work(producer);
    } finally {
      await producer.disconnect();
    }
  };
  const emit = async (...ids: readonly string[]): Promise<void> => {
    await firstValueFrom(client.emitBatch(commandTopic, { messages: ids.map((id) => fill(id)) }));
  };
  /** How far the service's group has come, all partitions together. */
  const committed = (): Promise<number> =>
    withAdmin(clients, async (admin) => {
      const [offsets] = await admin.fetchOffsets({ groupId: `${prefix}jar-service-server`, topics: [commandTopic] });
      return (offsets?.partitions ?? []).reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0);
    });

  it('are not needed: without their topics the service is ready, says once what is missing, and goes on by itself', async () => {
    const group = `${prefix}jar-service-server`;
    await start();
    expect((await fetch(`${running.url}/health/ready`)).status).toBe(200);
    await eventually(() => expect(log.of('commands-not-taken')).toHaveLength(1), PATIENCE);
    expect(log.of('commands-not-taken')[0]).toEqual({
      ...{ code: 'log-misconfigured', retriable: false, topic: commandTopic, group },
      reason: `${commandTopic}: there is no such topic: make it with \`npm run -s es -- topics create\``,
    });
    await provision();
    await connect();
    expect(await ask('c1')).toMatchObject({ id: 'c1', status: 'accepted' });
    expect(log.of('commands-not-taken')).toHaveLength(1);
    expect(log.of('commands-taken')).toEqual([{ group }]);
  });

  it('that somebody waits for are answered at once when the log is in trouble: try again', async () => {
    await startAll();
    failing.set('c1', () => new LogUnavailable('gone'));
    expect(await ask('c1')).toMatchObject({ id: 'c1', status: 503, code: 'log-unavailable', retriable: true });
    expect(await ask('c2')).toMatchObject({ status: 'accepted' });
    failing.clear();
    expect(await ask('c1')).toMatchObject({ status: 'accepted' });
    expect(handled).toEqual(['c2', 'c1']);
  });

  it('that nobody waits for are kept, in order, until the trouble is over; other streams go on', async () => {
    await startAll();
    failing.set('c2', () => new LogUnavailable('gone'));
    await emit('c1', 'c2', 'c3');
    await eventually(() => expect(handled).toEqual(['c1']), PATIENCE);
    for (const n of [1, 2, 3, 4]) expect(await ask(`o${n}`, `jar-other-${n}`)).toMatchObject({ status: 'accepted' });
    expect(log.of('message-held')).toMatchObject([{ topic: commandTopic, code: 'log-unavailable' }]);
    expect(handled).not.toContain('c3');
    failing.clear();
    await eventually(() => expect(handled.filter((id) => id.startsWith('c'))).toEqual(['c1', 'c2', 'c3']), PATIENCE);
    await eventually(async () => expect(await committed()).toBe(7), PATIENCE);
  });

  it('that nobody waits for are kept also by a service that cannot go on without a person', async () => {
    await startAll();
    const store = running.app.get(ServiceEventStore);
    Object.defineProperty(store, 'failure', { value: new Error('diverged'), configurable: true });
    failing.set('c1', () => Object.assign(new LogUnavailable('diverged'), { retriable: false }));
    await emit('c1', 'c2');
    await eventually(() => expect(log.of('message-held')).toHaveLength(1), PATIENCE);
    expect([handled, await committed()]).toEqual([[], 0]);
    failing.clear();
    await eventually(() => expect(handled).toEqual(['c1', 'c2']), PATIENCE);
  });

  it('that a bug of ours fails on are answered without what went wrong, and passed over', async () => {
    await startAll();
    failing.set('c1', () => new TypeError('secret of the inside'));
    failing.set('c2', () => new TypeError('secret of the inside'));
    expect(await ask('c1')).toEqual({
      ...{ id: 'c1', type: 'urn:ledgerline:problem:internal-error', title: 'Internal server error', status: 500 },
      ...{ code: 'internal-error', retriable: false, detail: 'something went wrong on our side; it was logged' },
    });
    await emit('c2', 'c3');
    await eventually(() => expect(handled).toEqual(['c3']), PATIENCE);
    expect(log.of('command-failed')).toMatchObject([{ id: 'c1' }, { id: 'c2' }]);
  });

  it.each(Object.entries(PACKED))('packed by %s are taken as any other', async (_, compression) => {
    await startAll();
    await withProducer(async (producer) => {
      await producer.send({
        topic: commandTopic,
        compression,
        messages: ['c1', 'c2', 'c3'].map((id) => fillMessage(id)),
      });
    });
    await emit('c4');
    await eventually(() => expect(handled).toEqual(['c1', 'c2', 'c3', 'c4']), PATIENCE);
    expect(log.of('commands-refused')).toEqual([]);
  });

  it('that unpack to more than the service takes are refused as a batch, said and counted; the others are handled', async () => {
    await startAll();
    const bomb = { key: 'jar-1', value: Buffer.alloc(20 * 1024 * 1024) };
    const before = process.memoryUsage().rss;
    await withProducer(async (producer) => {
      await producer.send({ topic: commandTopic, compression: CompressionTypes.GZIP, messages: [fillMessage('c1')] });
      for (const _ of [1, 2, 3])
        await producer.send({ topic: commandTopic, compression: CompressionTypes.GZIP, messages: [bomb] });
    });
    await emit('c2');
    await eventually(() => expect(handled).toEqual(['c1', 'c2']), PATIENCE);
    expect(log.of('commands-refused')).toMatchObject(
      ['1', '2', '3'].map((offset) => ({
        ...{ topic: commandTopic, code: 'batch-unreadable', firstOffset: offset, lastOffset: offset },
      })),
    );
    await eventually(async () => expect(await committed()).toBe(5), PATIENCE);
    const metrics = await (await fetch(`${running.url}/metrics`)).text();
    expect(metrics).toMatch(/^ledgerline_command_batches_refused_total\{.*\} 3$/m);
    expect(process.memoryUsage().rss - before).toBeLessThan(300 * 1024 * 1024);
  });

  it('are handled behind more messages in one batch than are taken at once', async () => {
    await startAll();
    await withProducer(async (producer) => {
      const messages = Array.from({ length: 12_000 }, () => ({ key: 'jar-1', value: null }));
      await producer.send({ topic: commandTopic, compression: CompressionTypes.GZIP, messages });
    });
    await emit('c1');
    await eventually(() => expect(handled).toEqual(['c1']), PATIENCE);
  });

  it.each([
    [{ 'x-actor': 'system:parcel-process' }, { field: 'X-Actor', rule: expect.stringContaining('system:') }],
    [{ 'x-actor': ['jo', 'jim'] }, { field: 'X-Actor', rule: 'must be there only once' }],
    [
      { 'x-actor': 'jo', 'X-Actor': 'jo' },
      { field: 'X-Actor', rule: 'must be there only once' },
    ],
  ])('with headers %j are refused', async (headers, error) => {
    await startAll();
    const asked = client.send(commandTopic, { ...fill('c1'), headers }).pipe(timeout(20_000));
    expect(await firstValueFrom(asked)).toMatchObject({ id: 'c1', status: 400, errors: [error] });
    expect(handled).toEqual([]);
  });

  it('are all handled although the service is ended in between, each at least once and in order', async () => {
    await startAll();
    const ids = Array.from({ length: 600 }, (_, i) => `c${i}`);
    const release = hold('c300');
    await emit(...ids);
    await eventually(() => expect(handled).toHaveLength(300), PATIENCE);
    const closing = running.close();
    // What takes commands is closed once HTTP is.
    await eventually(() => expect((running.app.getHttpServer() as Server).listening).toBe(false), PATIENCE);
    release();
    await closing;
    expect(handled).toEqual(ids.slice(0, 301));
    // What was handled was also stored as handled.
    expect(await committed()).toBe(301);
    await start();
    await eventually(() => expect(handled).toEqual(ids), PATIENCE);
  });

  it('are taken again when the brokers were away', async () => {
    await startAll();
    expect(await ask('c1')).toMatchObject({ status: 'accepted' });
    await cluster.restart(1);
    await eventually(
      async () => {
        const again = firstValueFrom(client.send(commandTopic, fill('c2')).pipe(timeout(2_000)));
        expect(await again).toMatchObject({ status: 'accepted' });
      },
      { timeoutMs: 50_000 },
    );
  });
});
