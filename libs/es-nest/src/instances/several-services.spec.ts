import type { CommandMetadata } from '@ledgerline/es-core';
import { type InstanceAddress, provisionChain } from '@ledgerline/es-core/adapter';
import { fingerprintOf } from '@ledgerline/es-core/runtime';
import {
  eventually,
  memoryLog,
  memoryStorage,
  MemoryTopic,
  type Send,
  sendTo,
  testPlatform,
} from '@ledgerline/es-testing';
import { Body, Controller, Get, HttpCode, Inject, Module, Param, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { counter, type Counters } from '../fixtures/counter.js';
import { HaltedInstance } from '../fixtures/halted-instance.js';
import { LyingInstance } from '../fixtures/lying-instance.js';
import { MeetingPoint } from '../fixtures/meeting-point.js';
import { handTo, SPEC_SECRET } from '../fixtures/peer.js';
import {
  accepted,
  EventSourcingModule,
  InjectAggregate,
  ServiceEventStore,
  Meta,
  stateAsOf,
  writtenAnswer,
} from '../index.js';
import { FORWARD_TYPE } from './forward-path.js';
import { serviceWith } from '../fixtures/service-with.js';
import { type RunningService, startService } from '../fastify/start-service.js';

@Controller('counters')
class CounterController {
  constructor(
    @InjectAggregate(counter) private readonly counters: Counters,
    @Inject(ServiceEventStore) private readonly store: ServiceEventStore,
  ) {}

  @Post(':id')
  @HttpCode(200)
  async count(
    @Param('id') id: string,
    @Body() { by }: { by: number },
    @Meta() metadata: CommandMetadata,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return writtenAnswer(reply, accepted(await this.counters.send(id, { type: 'Count', by }, metadata)));
  }

  @Get(':id')
  async read(@Param('id') id: string, @Res({ passthrough: true }) reply: FastifyReply) {
    return await stateAsOf({ aggregate: this.counters, id, then: {}, reply }, this.store);
  }
}

@Module({ imports: [EventSourcingModule.forFeature({ aggregates: [counter] })], controllers: [CounterController] })
class CounterModule {}

const topic = 'counters.events';
const platform = testPlatform({ seed: 1 });
describe('two instances of a service', () => {
  let log: MemoryTopic;
  let point: MeetingPoint;
  let running: RunningService[];
  let warnings: string[];

  const start = async (
    given: { readonly instanceSecret?: string } = { instanceSecret: SPEC_SECRET },
  ): Promise<Send> => {
    const storage = memoryStorage({ platform, openInstances: point.instances, topics: new Map([[log.topic, log]]) });
    const warn = (event: string): void => void warnings.push(event);
    const quiet = { debug: () => {}, info: () => {}, warn, error: warn };
    const started = await startService(
      serviceWith({ service: 'counter-service', storage, log: quiet, ...given }, CounterModule),
    );
    running.push(started);
    await started.ready;
    return sendTo(() => started.url);
  };
  const count = (send: Send, by: number, headers: Record<string, string> = {}) =>
    send('POST', '/counters/c', { by }, headers);
  const addressOf = (index: number): InstanceAddress => point.addresses[index] ?? { token: '' };
  const countBy = (by: number) => ({
    ...{ category: 'counter', id: 'c', command: { type: 'Count', by }, metadata: { commandId: `by-${by}` } },
    ...{ fingerprint: fingerprintOf(platform, { type: 'Count', by }), handover: 'h' },
  });
  /** Who decided what counts, by the token that every writer has. */
  const writers = (): string[] =>
    [0, 1].flatMap((partition) => {
      const { start: from, end } = log.bounds(partition);
      return log.slice(partition, from, end).flatMap(({ headers }) => {
        const { ce_type: type, ce_source: source } = headers;
        return type?.startsWith('Counted') && source !== undefined ? [source] : [];
      });
    });

  /** Lanes go by a clock of their own. */
  const elapsed = async (ms: number): Promise<void> => {
    const since = performance.now();
    await eventually(() => expect(performance.now() - since).toBeGreaterThan(ms), { everyMs: 20 });
  };

  beforeEach(async () => {
    log = new MemoryTopic({ topic, partitions: 2 });
    await provisionChain(memoryLog(log), platform);
    [point, running, warnings] = [new MeetingPoint(), [], []];
  });
  afterEach(async () => {
    for (const one of running) await one.close();
  });

  it('have a command decided by the preferred one, and answer the same wherever it was sent', async () => {
    const [a, b] = [await start(), await start()];
    await point.give(0, 0);
    const answers = [await count(a, 1), await count(b, 2), await count(a, 3), await count(b, 4)];
    expect(answers.map(({ status, json }) => [status, json['version']])).toEqual([1, 2, 3, 4].map((v) => [200, v]));
    expect(new Set(writers()).size).toBe(1);
    for (const send of [a, b]) expect((await send('GET', '/counters/c')).json).toEqual({ sum: 10 });
    await point.give(1, 1);
    expect((await count(a, 5)).json['version']).toBe(5);
    expect(new Set(writers()).size).toBe(2);
    expect((await a('GET', '/counters/c')).json).toEqual({ sum: 15 });
  });

  it('answer what was refused elsewhere as they would themselves', async () => {
    const [a, b] = [await start(), await start()];
    await point.give(0, 0);
    await count(a, 90, { 'Idempotency-Key': 'k' });
    const refused = async (send: Send) => [
      (await count(send, 20)).json,
      (await count(send, 1, { 'If-Match': '"7"' })).json,
      (await count(send, 2, { 'Idempotency-Key': 'k' })).json,
      (await count(send, 90, { 'Idempotency-Key': 'k' })).json,
    ];
    const [here, there] = [await refused(a), await refused(b)];
    expect(there).toEqual(here);
    expect(here.map(({ code, status }) => [status, code])).toEqual([
      [409, 'too-high'],
      [412, 'wrong-expected-version'],
      [422, 'idempotency-key-reused'],
      [undefined, undefined],
    ]);
  });

  it('decide a command themselves when the preferred one is gone, once', async () => {
    const [, b] = [await start(), await start()];
    await point.give(0, 0);
    await count(b, 1);
    await running.shift()?.close();
    expect([(await count(b, 2)).json['version'], (await count(b, 3)).json['version']]).toEqual([2, 3]);
    expect((await b('GET', '/counters/c')).json).toEqual({ sum: 6 });
    expect(warnings).toEqual(['instance-unreachable']);
  });

  it('record nothing of what was refused while the preferred one was halted, when that one goes on', async () => {
    const [, b] = [await start(), await start()];
    const halted = await HaltedInstance.open();
    try {
      const [address] = point.addresses;
      if (address) point.addresses[0] = { ...address, url: halted.url };
      await point.give(0, 0);
      expect((await count(b, 90)).status).toBe(200);
      await elapsed(1_000); // It is not asked again before.
      expect((await count(b, 20)).json).toMatchObject({ code: 'too-high', retriable: false });
      await elapsed(1_000);
      expect((await count(b, 1, { 'If-Match': '"2"' })).json).toMatchObject({ code: 'wrong-expected-version' });
      expect((await count(b, -50)).status).toBe(200);
      expect(halted.copies.filter(({ body }) => body.includes('"category"'))).toHaveLength(3);
      const answers = (await halted.goOn(address?.url ?? '')).flatMap((answer) => JSON.parse(answer) as object[]);
      const outcomes = answers.flatMap((answer) => ('outcome' in answer ? [answer.outcome] : []));
      expect(outcomes).toMatchObject([{ status: 'accepted', repeated: true, version: 1 }]);
      expect((await b('GET', '/counters/c')).json).toEqual({ sum: 40 });
    } finally {
      await halted.close();
    }
  });

  it('tell the preferred one what they wrote in its place, before they answer', async () => {
    const [a] = [await start(), await start()];
    await point.give(0, 0);
    await count(a, 1);
    const preferred = (): Promise<void> =>
      eventually(async () => expect((await a('GET', '/metrics')).text).toMatch(/preferred\{.*\} 1/));
    await preferred();
    // What is handed over twice is decided where it comes to, whoever is preferred.
    const handed = await handTo(addressOf(1), [countBy(4)]);
    expect(JSON.parse(handed.text)).toEqual([
      { outcome: { status: 'accepted', version: 2, ordinal: 3, repeated: false } },
    ]);
    expect((await a('GET', '/counters/c')).json).toEqual({ sum: 5 });
  });

  it('wait to be told who there is where they do not know, and decide by themselves in the end', async () => {
    const [a, b] = [await start(), await start()];
    await point.give(0, 0);
    await count(a, 1);
    // It takes itself for the preferred one still, as one does that was halted.
    point.holders = [1, 1];
    await point.mislead(1);
    let answered = false;
    const waiting = count(b, 2).finally(() => (answered = true));
    for (let look = 0; look < 5; look += 1) await b('GET', '/counters/c');
    expect(answered).toBe(false);
    await point.give(0, 0);
    expect((await waiting).json['version']).toBe(2);
    expect(new Set(writers()).size).toBe(1);
    await point.mislead(1);
    point.holders = [1, 1];
    expect((await count(b, 4)).json['version']).toBe(3);
    expect((await count(b, 5)).json['version']).toBe(4);
    expect(new Set(writers()).size).toBe(2);
  });

  it('take commands from each other only, each once and in time, and say nothing of it to anybody else', async () => {
    const [a] = [await start(), await start()];
    await point.give(0, 0);
    const command = [countBy(1)];
    const [mine, others] = [addressOf(0), addressOf(1)];
    const nonce = 'nonce-of-one-request';
    expect((await handTo(mine, command, { nonce })).status).toBe(200);
    const strangers = [
      ...[handTo(mine, command, { nonce }), handTo(mine, command, { secret: 'another-secret-of-32-characters-' })],
      ...[handTo(mine, command, { service: 'stamp-service' }), handTo({ ...mine, token: others.token }, command)],
    ];
    for (const { status, text } of await Promise.all(strangers))
      expect([status, JSON.parse(text)]).toMatchObject([404, { detail: 'Cannot POST /internal/commands' }]);
    for (const type of ['application/json', FORWARD_TYPE])
      expect(await a('POST', '/internal/commands', '[{"no":"command"}]', { 'content-type': type })).toMatchObject({
        ...{ status: 404, json: { code: 'route-not-found', detail: 'Cannot POST /internal/commands' } },
      });
    const elsewhere = await a('POST', '/counters/c', '{"by":1}', { 'content-type': FORWARD_TYPE });
    expect([elsewhere.status, elsewhere.json]).toMatchObject([415, { code: 'unsupported-media-type' }]);
    for (const sentAt of [Date.now() - 11_000, Date.now() + 11_000]) {
      const { status, text } = await handTo(mine, command, { sentAt });
      expect([status, JSON.parse(text)]).toMatchObject([408, { code: 'forwarded-late' }]);
    }
    expect((await a('POST', '/internal/nothing', '[]')).json['detail']).toBe('Cannot POST /internal/nothing');
    expect((await a('GET', '/openapi.json')).text).not.toMatch(/internal.commands/);
  });

  it.each<[string, object]>([
    ['no command', { no: 'command' }],
    ['an object as its id', { metadata: { commandId: { id: 'x' } } }],
    ['no id', { metadata: {} }],
    ['a field that nobody knows', { more: 1 }],
    ['metadata that nobody knows', { metadata: { commandId: 'x', more: 1 } }],
    ['an actor that is no text', { metadata: { commandId: 'x', actor: ['a', 'b'] } }],
    ['a version below 0', { metadata: { commandId: 'x', expectedVersion: -1 } }],
    ['an id that is none', { id: 'a b' }],
    ['the time of its decision', { command: { type: 'Count', by: 1, at: '2020-01-01T00:00:00.000Z' } }],
    ['no type', { command: { by: 1 } }],
    ['a category that is not known', { category: 'nothing' }],
    ['a name of its hand-over that is none', { handover: '' }],
  ])('decide nothing of what has %s', async (_, wrong) => {
    const a = await start();
    await point.give(0, 0);
    expect((await handTo(addressOf(0), [{ ...countBy(1), ...wrong }, countBy(2)])).text).toBe(
      '[{"undecided":true},{"outcome":{"status":"accepted","version":1,"ordinal":2,"repeated":false}}]',
    );
    expect((await a('GET', '/counters/c')).json).toEqual({ sum: 2 });
  });

  it('refuse each other what is no list of commands', async () => {
    await start();
    for (const body of ['{}', 'no json', JSON.stringify(Array.from({ length: 1_001 }, () => countBy(0)))])
      expect((await handTo(addressOf(0), body)).status).toBe(400);
  });

  it('believe no answer that the log does not bear out, and none that is not proved', async () => {
    const [, b] = [await start(), await start()];
    const lying = await LyingInstance.open();
    try {
      point.addresses[0] = { ...addressOf(0), url: lying.url };
      await point.give(0, 0);
      const said = { version: 1, ordinal: 2, repeated: false };
      lying.answers = [{ outcome: { status: 'accepted', ...said } }];
      expect((await count(b, 1)).json['version']).toBe(1);
      // On less than is known here, and on what there is not.
      for (const ordinal of [1, 99]) {
        lying.answers = [{ outcome: { ...said, status: 'rejected', ordinal, rejection: { code: 'too-high' } } }];
        expect((await count(b, 2)).status).toBe(200);
      }
      lying.answers = [
        { error: { code: 'wrong-expected-version', message: '', retriable: true, facts: { actual: 1 } } },
      ];
      expect((await count(b, 3)).json['version']).toBe(4);
      expect(warnings).toEqual([]);
      lying.secret = 'another-secret-of-32-characters-';
      expect((await count(b, 4)).json['version']).toBe(5);
      expect(warnings).toEqual(['instance-unreachable']);
    } finally {
      await lying.close();
    }
    expect((await b('GET', '/counters/c')).json).toEqual({ sum: 12 });
  });

  it('without a secret are one that writes and others that wait to take its place, and have no door to each other', async () => {
    const [a, b] = [await start({}), await start({})];
    await point.give(0, 0);
    expect((await count(a, 1)).status).toBe(200);
    const refused = await count(b, 2);
    expect(refused).toMatchObject({ status: 503, json: { code: 'another-instance-writes', retriable: true } });
    expect(refused.headers.get('retry-after')).toBe('1');
    expect((await b('GET', '/counters/c')).json).toEqual({ sum: 1 });
    expect((await a('GET', '/health/ready')).status).toBe(200);
    expect((await b('GET', '/health/ready')).json).toMatchObject({
      ...{ status: 503, code: 'another-instance-writes', detail: expect.stringContaining('INSTANCE_SECRET') as string },
    });
    expect(point.addresses.map(({ url }) => url)).toEqual([undefined, undefined]);
    expect((await handTo({ ...addressOf(0), url: running[0]?.url ?? '' }, [countBy(1)])).status).toBe(404);
    await running.shift()?.close();
    await point.give(1, 1);
    expect((await b('GET', '/health/ready')).status).toBe(200);
    expect((await count(b, 2)).json['version']).toBe(2);
  });
});
