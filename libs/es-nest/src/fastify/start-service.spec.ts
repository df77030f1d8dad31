import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CommandMetadata, type EventOf, LogMisconfigured, send, type Sends } from '@ledgerline/es-core';
import { embedded } from '@ledgerline/es-embedded';
import { eventually } from '@ledgerline/es-testing';
import { Body, Controller, Get, HttpCode, Inject, Module, Param, Post, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import {
  accepted,
  ApiRoute,
  EventSourcingModule,
  idParam,
  InjectAggregate,
  ServiceEventStore,
  On,
  Reactor,
  Meta,
  stateAsOf,
  asOfQuery,
  type AsOfQuery,
  written,
  writtenAnswer,
} from '../index.js';
import { Coordinator } from '../lifecycle/coordinator.js';
import { type Condition } from '../lifecycle/managed-resource.js';
import { serviceWith } from '../fixtures/service-with.js';
import { type RunningService, startService } from './start-service.js';
import { NDJSON } from '../http/raw-bodies.js';
import { counter, counterEvents, type Counters } from '../fixtures/counter.js';

const count = counter.commands.Count;
const byRule = 'must be a whole number from 1 to 10';

@Controller()
class CounterController {
  constructor(
    @InjectAggregate(counter) private readonly counters: Counters,
    @Inject(ServiceEventStore) private readonly store: ServiceEventStore,
  ) {}

  @Post('counters/:id')
  @HttpCode(200)
  @ApiRoute({ summary: 'Counts', answers: { 200: written }, problems: [400, 409], command: true })
  async count(
    @Param('id', { schema: idParam }) id: string,
    @Body({ schema: count }) body: z.output<typeof count>,
    @Meta() metadata: CommandMetadata,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return writtenAnswer(reply, accepted(await this.counters.handle(id, { ...body, type: 'Count' }, metadata)));
  }

  @Get('counters/:id')
  @ApiRoute({ summary: 'The sum', answers: { 200: z.object({ sum: z.int() }) }, problems: [400, 404] })
  read(
    @Param('id', { schema: idParam }) id: string,
    @Query({ schema: asOfQuery }) then: AsOfQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return stateAsOf({ aggregate: this.counters, id, then, reply }, this.store);
  }

  @Get('bug')
  bug(): never {
    throw new Error('secret-of-the-inside');
  }
}

let failures = 2;

@Reactor('doubling', { from: 'start' })
class DoublingReactor {
  @On(counterEvents, 'Counted')
  double({ data, context }: EventOf<typeof counterEvents, 'Counted'>): Sends {
    if (data.by !== 7) return;
    if (failures > 0) {
      failures -= 1;
      throw new Error('not yet');
    }
    return send(counter, context.aggregateId, { type: 'Double' });
  }
}

@Module({
  imports: [EventSourcingModule.forFeature({ aggregates: [counter] })],
  controllers: [CounterController],
  providers: [DoublingReactor],
})
class CounterModule {}

describe('a service', () => {
  const directory = mkdtempSync(join(tmpdir(), 'ledgerline-es-nest-'));
  const counterService = () =>
    serviceWith({ service: 'counter-service', storage: embedded({ dataDir: directory }) }, CounterModule);
  let running: RunningService;

  const start = async (): Promise<void> => {
    running = await startService(counterService());
    await running.ready;
  };
  const post = (path: string, body: string | Buffer, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${running.url}${path}`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...headers },
    });
  const get = (path: string): Promise<Response> => fetch(`${running.url}${path}`);

  beforeAll(start);
  afterAll(async () => {
    await running.close();
    rmSync(directory, { recursive: true });
  });

  it('answers a write with id, version and position, in the body and in headers', async () => {
    const answer = await post('/counters/a', '{"by":3}');
    const body = (await answer.json()) as { position: string };
    expect({ status: answer.status, body }).toEqual({
      status: 200,
      body: { id: 'a', version: 1, position: expect.stringMatching(/^counters\.events\/\d@\d+$/) },
    });
    expect(answer.headers.get('etag')).toBe('"1"');
    expect(answer.headers.get('x-position')).toBe(body.position);
  });

  it('answers a repeat under the same Idempotency-Key as the first time', async () => {
    const first = await (await post('/counters/b', '{"by":3}', { 'Idempotency-Key': 'k1' })).json();
    await post('/counters/b', '{"by":1}');
    expect(await (await post('/counters/b', '{"by":3}', { 'Idempotency-Key': 'k1' })).json()).toEqual(first);
    expect(await (await get('/counters/b')).json()).toEqual({ sum: 4 });
  });

  it('shows what was, by version and by time', async () => {
    await post('/counters/c', '{"by":3}');
    await post('/counters/c', '{"by":4}');
    const trail = (await (await get('/streams/counter-c/events')).json()) as { items: { time: string }[] };
    expect(await (await get('/counters/c?version=1')).json()).toEqual({ sum: 3 });
    expect(await (await get(`/counters/c?at=${trail.items[1]?.time}`)).json()).toEqual({ sum: 7 });
    expect((await get('/counters/c?at=2001-01-01T00:00:00Z')).status).toBe(404);
    expect(await (await get('/counters/c?version=3')).json()).toMatchObject({ status: 404, code: 'version-not-found' });
    expect((await get('/counters/c?version=1&at=2001-01-01T00:00:00Z')).status).toBe(400);
  });

  const problems: readonly [string, () => Promise<Response>, object][] = [
    [
      'a rule',
      () => post('/counters/d', '{"by":11}'),
      { status: 400, code: 'validation-failed', detail: `by ${byRule}` },
    ],
    [
      'an unknown field',
      () => post('/counters/d', '{"by":1,"b":2}'),
      { errors: [{ field: 'b', rule: expect.anything() }] },
    ],
    ['malformed JSON', () => post('/counters/d', '{"by":'), { status: 400, code: 'malformed-request' }],
    ['no body', () => post('/counters/d', ''), { status: 400 }],
    ['another media type', () => post('/counters/d', 'x', { 'content-type': 'text/plain' }), { status: 415 }],
    [
      'a body over 1 MB',
      () => post('/counters/d', ' '.repeat(1024 * 1024 + 1)),
      { status: 413, code: 'body-too-large' },
    ],
    ['a route that is not there', () => get('/nothing'), { status: 404, code: 'route-not-found' }],
    ['a malformed URL', () => get('/counters/%zz'), { status: 400 }],
    ['a long id', () => post(`/counters/${'x'.repeat(129)}`, '{"by":1}'), { status: 400, errors: [{ field: 'id' }] }],
    ['a very long id', () => post(`/counters/${'x'.repeat(5000)}`, '{"by":1}'), { status: expect.any(Number) }],
    ['a query that is not known', () => get('/counters/a?x=1'), { status: 400, errors: [{ field: 'x' }] }],
    [
      'a stale If-Match',
      () => post('/counters/a', '{"by":1}', { 'If-Match': '"9"' }),
      { status: 412, code: 'wrong-expected-version' },
    ],
    [
      'a weak If-Match',
      () => post('/counters/a', '{"by":1}', { 'If-Match': 'W/"1"' }),
      { status: 400, errors: [{ field: 'If-Match' }] },
    ],
    [
      'a malformed Idempotency-Key',
      () => post('/counters/a', '{"by":1}', { 'Idempotency-Key': 'a b' }),
      { status: 400, errors: [{ field: 'Idempotency-Key' }] },
    ],
    [
      'a reused Idempotency-Key',
      () => post('/counters/b', '{"by":9}', { 'Idempotency-Key': 'k1' }),
      { status: 422, code: 'idempotency-key-reused' },
    ],
    [
      'JSON that is not UTF-8',
      () => post('/counters/d', Buffer.from('{"by":1,"\xff":2}', 'latin1')),
      { status: 400, code: 'malformed-request', detail: 'the body must be UTF-8' },
    ],
    [
      'commands that are not UTF-8',
      () => post('/commands', Buffer.from('"\xff"', 'latin1'), { 'content-type': NDJSON }),
      { status: 400, code: 'malformed-request' },
    ],
    [
      'another charset',
      () => post('/counters/d', '{"by":1}', { 'content-type': 'application/json; charset=latin1' }),
      { status: 415, code: 'unsupported-media-type' },
    ],
    [
      'another charset of commands',
      () => post('/commands', '1', { 'content-type': `${NDJSON}; charset="utf-16"` }),
      { status: 415, code: 'unsupported-media-type' },
    ],
    ['a query of a write', () => post('/counters/d?dry=1', '{"by":1}'), { status: 400, errors: [{ field: 'dry' }] }],
    [
      'more commands than 20,000',
      () => post('/commands', '1\n\n'.repeat(20_001), { 'content-type': NDJSON }),
      { status: 413, code: 'too-many-commands', detail: expect.stringContaining('at most 20000 lines') },
    ],
    ...['', ' \n\n'].map((body): [string, () => Promise<Response>, object] => [
      `no command in ${JSON.stringify(body)}`,
      () => post('/commands', body, { 'content-type': NDJSON }),
      { status: 400, code: 'validation-failed', detail: expect.stringContaining('at least one command') },
    ]),
    [
      'no body of commands at all',
      () => fetch(`${running.url}/commands`, { method: 'POST' }),
      { status: 400, code: 'validation-failed' },
    ],
    ['commands as JSON', () => post('/commands', '{"by":1}'), { status: 415, code: 'unsupported-media-type' }],
    [
      'a version above the largest',
      () => get('/counters/a?version=9007199254740992'),
      { status: 400, errors: [{ field: 'version' }] },
    ],
    [
      'the largest version',
      () => get('/counters/a?version=9007199254740991'),
      { status: 404, code: 'version-not-found' },
    ],
    ['something that is not there', () => get('/counters/nobody'), { status: 404, code: 'counter-not-found' }],
    ['a stream that is not there', () => get('/streams/parcel-1/events'), { status: 404, code: 'stream-not-found' }],
    ['a limit of 0', () => get('/streams/counter-a/events?limit=0'), { status: 400, errors: [{ field: 'limit' }] }],
  ];

  it.each(problems)('refuses %s with a problem', async (_what, request, expected) => {
    const answer = await request();
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    const body = (await answer.json()) as { status: number };
    expect(body).toMatchObject(expected);
    expect(answer.status).toBe(body.status);
  });

  it.each([
    ['GARBAGE\r\n\r\n', 400, 'malformed-request'],
    [`GET / HTTP/1.1\r\nhost: a\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`, 431, 'headers-too-large'],
  ])('answers what is no request with a problem', async (sent, status, code) => {
    const { hostname, port } = new URL(running.url);
    const socket = connect(Number(port), hostname);
    socket.write(sent);
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    const [head = '', body = ''] = text.split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} [\\s\\S]*application/problem\\+json`));
    expect(JSON.parse(body)).toMatchObject({ status, code });
  });

  it('takes JSON that says that it is UTF-8', async () => {
    const answer = await post('/counters/u', '{"by":1}', { 'content-type': 'application/json; charset="UTF-8"' });
    expect(answer.status).toBe(200);
  });

  it('never shows what went wrong inside', async () => {
    const answer = await get('/bug');
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toMatch(/secret|at /);
  });

  it('repeats a message until its handler has succeeded, and sends its command once', async () => {
    await post('/counters/e', '{"by":7}');
    await eventually(async () => expect(await (await get('/counters/e')).json()).toEqual({ sum: 14 }));
    await running.close();
    await start();
    await eventually(async () => {
      const { items } = (await (await get('/reactors')).json()) as { items: { partitions: { underWay: number }[] }[] };
      expect(items[0]?.partitions.map(({ underWay }) => underWay)).toEqual([0, 0, 0, 0]);
    });
    expect(await (await get('/counters/e')).json()).toEqual({ sum: 14 });
  });

  it('gives each command line its verdict, in order', async () => {
    const line = (id: string, by: number, type = 'Count', stream = 'counter-f'): string =>
      JSON.stringify({ id, type, stream, data: { by } });
    const lines = [
      line('1', 5),
      line('2', 6),
      '',
      line('1', 5),
      '{"id":"x"',
      line('3', 11),
      line('4', 1, 'Double'),
      line('5', 1, 'Count', 'jar-1'),
      '{"id":"6","type":"Count","stream":"counter-f"}',
      '1',
    ];
    const answer = await post('/commands', lines.join('\n'), { 'content-type': NDJSON });
    const verdicts = (await answer.text())
      .trim()
      .split('\n')
      .map((one) => JSON.parse(one) as Record<string, unknown>);
    expect(answer.headers.get('content-type')).toBe(NDJSON);
    expect(verdicts.map(({ id, status, code, version }) => [id, status, code ?? version])).toEqual([
      ['1', 'accepted', 1],
      ['2', 'accepted', 2],
      ['1', 'repeated', 1],
      [null, 'rejected', 'validation-failed'],
      ['3', 'rejected', 'validation-failed'],
      ['4', 'rejected', 'command-not-public'],
      ['5', 'rejected', 'validation-failed'],
      ['6', 'rejected', 'validation-failed'],
      [null, 'rejected', 'validation-failed'],
    ]);
    expect(verdicts.slice(-2).map(({ detail }) => detail)).toEqual([
      'data is missing',
      'the line must be an object { id, type, stream, data }',
    ]);
    expect(verdicts[4]?.['detail']).toBe(`data.by ${byRule}`);
  });

  it('stays ready while something does not work as it should, lists all of that, and nothing once it is mended', async () => {
    const lifecycle = running.app.get(Coordinator);
    const [lanes, log] = [{ degraded: ['lane a is parked'] }, { degraded: ['topic b has a partition too many'] }];
    const readiness = async (): Promise<unknown> => {
      const answer = await get('/health/ready');
      return [answer.status, ((await answer.json()) as { details: unknown }).details];
    };
    lifecycle.include(lanes);
    lifecycle.include(log);
    expect(await readiness()).toEqual([
      200,
      { service: { status: 'up', degraded: ['lane a is parked', 'topic b has a partition too many'] } },
    ]);
    for (const condition of [lanes, log]) condition.degraded = [];
    expect(await readiness()).toEqual([200, { service: { status: 'up' } }]);
  });

  it('is not ready while what was included has failed', async () => {
    const condition: Condition & { failure?: unknown } = { failure: new LogMisconfigured('b', ['it is compacted']) };
    running.app.get(Coordinator).include(condition);
    const answer = await get('/health/ready');
    expect([answer.status, await answer.json()]).toMatchObject([500, { code: 'log-misconfigured' }]);
    condition.failure = undefined;
    expect((await get('/health/ready')).status).toBe(200);
  });

  it('tells its health, its metrics and every route it has', async () => {
    expect((await get('/health/live')).status).toBe(200);
    expect((await get('/health/ready')).status).toBe(200);
    expect(await (await get('/metrics')).text()).toContain('ledgerline_writer_ordinal');
    const { paths } = (await (await get('/openapi.json')).json()) as { paths: object };
    expect(Object.keys(paths).sort()).toEqual([
      '/bug',
      '/commands',
      '/counters/{id}',
      '/health/live',
      '/health/ready',
      '/log',
      '/metrics',
      '/openapi.json',
      '/parked',
      '/parked/{id}/discard',
      '/parked/{id}/retry',
      '/reactors',
      '/streams/{stream}/events',
    ]);
  });

  it('lets no second process of the same service at its data', async () => {
    await expect(startService(counterService())).rejects.toMatchObject({ code: 'data-dir-in-use' });
  });
});
