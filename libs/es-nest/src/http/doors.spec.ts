import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandMetadata } from '@ledgerline/es-core';
import { embedded } from '@ledgerline/es-embedded';
import { eventually } from '@ledgerline/es-testing';
import { Body, Controller, HttpCode, Module, Post } from '@nestjs/common';
import { type Log, type LogFacts, Meta } from '../index.js';
import { type RunningService, startService } from '../fastify/start-service.js';
import { serviceWith } from '../fixtures/service-with.js';
import { MOST_BODY_BYTES } from './bodies-under-way.js';
import { REQUEST_WITHIN_MS } from './fastify-options.js';

const MEGABYTE = 1024 * 1024;
const AT_ONCE = 40;

@Controller()
class DoorController {
  /** Answers who wants it, and how much was sent. */
  @Post('door')
  @HttpCode(200)
  door(@Body() body: unknown, @Meta() metadata: CommandMetadata) {
    return { ...metadata, length: JSON.stringify(body)?.length ?? 0 };
  }
}

@Module({ controllers: [DoorController] })
class DoorModule {}

class KeptLog implements Log {
  readonly lines: { readonly level: string; readonly event: string; readonly facts: LogFacts | undefined }[] = [];
  readonly debug = this.#at('debug');
  readonly info = this.#at('info');
  readonly warn = this.#at('warn');
  readonly error = this.#at('error');

  #at(level: string) {
    return (event: string, facts?: LogFacts): void => void this.lines.push({ level, event, facts });
  }
}

interface Answer {
  readonly status: number;
  readonly head: string;
  readonly body: unknown;
}

describe('the doors of a service', () => {
  const directory = mkdtempSync(join(tmpdir(), 'ledgerline-doors-'));
  const options = { service: 'door-service', storage: embedded({ dataDir: directory }) };
  const log = new KeptLog();
  const sockets: Socket[] = [];
  let running: RunningService;

  beforeAll(async () => {
    running = await startService(serviceWith({ ...options, log }, DoorModule));
    await running.ready;
  });
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
  });
  afterAll(async () => {
    await running.close();
    rmSync(directory, { recursive: true });
  });

  const open = async (): Promise<Socket> => {
    const { hostname, port } = new URL(running.url);
    const socket = connect(Number(port), hostname);
    sockets.push(socket);
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    return socket;
  };

  const head = (headers: readonly string[], length?: number): string =>
    [
      'POST /door HTTP/1.1',
      'Host: door',
      length === undefined ? 'Transfer-Encoding: chunked' : `Content-Length: ${length}`,
      ...headers,
      '\r\n',
    ].join('\r\n');

  /** The first answer on the connection. */
  const answerOn = async (socket: Socket): Promise<Answer> => {
    let text = '';
    for await (const piece of socket.iterator({ destroyOnReturn: false })) {
      text += String(piece);
      const [, before = '', body = ''] = /^([\s\S]*?)\r\n\r\n([\s\S]*)$/.exec(text) ?? [];
      if (before !== '' && body.length >= Number(/content-length: (\d+)/i.exec(before)?.[1]))
        return { status: Number(before.split(' ')[1]), head: before, body: JSON.parse(body) as unknown };
    }
    throw new Error(`the connection ended after ${JSON.stringify(text)}`);
  };

  const ask = async (headers: readonly string[], body = '{}'): Promise<Answer> => {
    const socket = await open();
    const type = headers.some((header) => header.startsWith('Content-Type')) ? [] : ['Content-Type: application/json'];
    socket.write(head([...type, ...headers], body.length) + body);
    return await answerOn(socket);
  };

  const many = (count: number): string[] => Array.from({ length: count }, () => 'a:b');

  it('keep every header of a request, or refuse it', async () => {
    expect(await ask([...many(1_900), 'X-Actor: jo'])).toMatchObject({ status: 200, body: { actor: 'jo' } });
    expect(await ask([...many(2_100), 'X-Actor: jo'])).toMatchObject({
      ...{ status: 431, body: { code: 'headers-too-large', detail: 'a request must have at most 2000 headers' } },
    });
  });

  it.each([
    ['X-Actor', 'jo', 'jim'],
    ['Idempotency-Key', 'a', 'a'],
    ['If-Match', '"1"', '"2"'],
    ['X-Correlation-Id', 'a', 'b'],
    ['X-Causation-Id', 'a', 'b'],
    ['Content-Type', 'application/json', 'application/x-ndjson'],
    ['Last-Event-ID', 'a', 'b'],
  ])('refuse %s twice', async (name, one, other) => {
    expect(await ask([`${name}: ${one}`, `${name.toLowerCase()}: ${other}`])).toMatchObject({
      ...{
        status: 400,
        body: { code: 'validation-failed', errors: [{ field: name, rule: 'must be there only once' }] },
      },
    });
  });

  it.each(['system:parcel-process', 'System:x', 'system:'])('let nobody be %s', async (actor) => {
    const { status, body } = await ask([`X-Actor: ${actor}`]);
    expect({ status, body }).toMatchObject({ status: 400, body: { errors: [{ field: 'X-Actor' }] } });
  });

  it('say no more than a line of debugging where a client goes away amid its body', async () => {
    log.lines.splice(0);
    for (const length of [100, MEGABYTE]) {
      const socket = await open();
      socket.write(head(['Content-Type: application/json'], length) + '{"a":"');
      socket.end();
    }
    await eventually(() => expect(log.lines).toHaveLength(2));
    expect(log.lines).toEqual(
      [0, 1].map(() => ({ level: 'debug', event: 'request-cut-off', facts: { method: 'POST', route: '/door' } })),
    );
  });

  it('end a request that does not arrive in time', async () => {
    const server = running.app.getHttpServer() as Server;
    expect(server.requestTimeout).toBe(REQUEST_WITHIN_MS);
    expect(server.headersTimeout).toBe(10_000);
    Object.assign(server, { requestTimeout: 100, headersTimeout: 50 });
    const waiting = await open();
    waiting.write(head(['Content-Type: application/json'], 100) + '{');
    expect(await answerOn(waiting)).toMatchObject({ status: 408, body: { code: 'request-timeout' } });
    Object.assign(server, { requestTimeout: REQUEST_WITHIN_MS, headersTimeout: 10_000 });
  });

  /** A body of a megabyte whose last byte never comes; its answer, where there is one. */
  const holdBack = async (): Promise<Socket> => {
    const socket = await open();
    socket.write(head(['Content-Type: application/json'], MEGABYTE) + ' '.repeat(MEGABYTE - 1));
    return socket;
  };

  it('take so many bytes at once, refuse more for a while, and leave small requests alone', async () => {
    const held = await Promise.all(Array.from({ length: AT_ONCE }, holdBack));
    const refused: Answer[] = [];
    for (const socket of held)
      answerOn(socket).then(
        (answer) => refused.push(answer),
        () => undefined,
      );
    await eventually(() => expect(refused.length).toBeGreaterThanOrEqual(AT_ONCE - MOST_BODY_BYTES / MEGABYTE - 1));
    for (const { head: answered, ...answer } of refused) {
      expect(answer).toMatchObject({ status: 503, body: { code: 'overloaded', retriable: true } });
      expect(answered).toMatch(/^retry-after: 1\r?$/im);
    }
    expect(await ask([])).toMatchObject({ status: 200 });
    for (const socket of held) socket.destroy();
    const large = JSON.stringify('x'.repeat(MEGABYTE - 2));
    await eventually(async () =>
      expect(await ask([], large)).toMatchObject({ status: 200, body: { length: MEGABYTE } }),
    );
  });

  it('answer on a connection whose body was refused, and take the next request on it', async () => {
    const held = await Promise.all(Array.from({ length: AT_ONCE }, holdBack));
    const [socket, answer] = await Promise.race(held.map(async (one) => [one, await answerOn(one)] as const));
    expect(answer.status).toBe(503);
    socket.write(' ' + head(['Content-Type: application/json'], 2) + '{}');
    expect(await answerOn(socket)).toMatchObject({ status: 200 });
  });

  it.each([
    ['/door', 'text/plain', 415],
    ['/door', 'application/x-ndjson', 415],
    ['/door', 'application/json\r\nContent-Encoding: gzip', 415],
    ['/nothing', 'text/plain', 404],
    ['/health/live', 'application/json', 405],
  ])('take the next request behind a body to %s as %s that nobody read', async (path, type, status) => {
    const socket = await open();
    const refused = head([`Content-Type: ${type}`], MEGABYTE).replace('/door', path) + ' '.repeat(MEGABYTE);
    socket.write(refused + head(['Content-Type: application/json'], 2) + '{}');
    let text = '';
    socket.on('data', (piece) => (text += String(piece)));
    await eventually(() => expect(text).toMatch(new RegExp(`^HTTP/1.1 ${status} [^]*HTTP/1.1 200 `)));
  });

  it.each(['/Curaçao', '/door?country=Curaçao'])(
    'say how to send what is not ASCII in a path or a query: %s',
    async (target) => {
      const socket = await open();
      socket.write(`GET ${target} HTTP/1.1\r\nHost: door\r\n\r\n`);
      expect(await answerOn(socket)).toMatchObject({
        status: 400,
        body: { code: 'malformed-request', detail: expect.stringContaining('percent-encoded') },
      });
    },
  );

  it('take a word that is no method of HTTP for no request', async () => {
    const socket = await open();
    socket.write('FOO /door HTTP/1.1\r\nHost: door\r\n\r\n');
    expect(await answerOn(socket)).toMatchObject({ status: 400, body: { code: 'malformed-request' } });
  });

  it('count what pieces of a body take beside their bytes', async () => {
    const socket = await open();
    socket.write(head(['Content-Type: application/json']) + '1\r\n1\r\n'.repeat(300_000));
    expect(await answerOn(socket)).toMatchObject({ status: 503, body: { code: 'overloaded' } });
  });
});
