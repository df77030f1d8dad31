import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, get, type IncomingMessage, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { embedded } from '@ledgerline/es-embedded';
import { eventually } from '@ledgerline/es-testing';
import { Controller, Get, Module } from '@nestjs/common';
import { fastify } from 'fastify';
import { startService } from '../fastify/start-service.js';
import { serviceWith } from '../fixtures/service-with.js';
import { closeWhatBecomesIdle, fastifyOptions } from './fastify-options.js';

let begin = (): void => undefined;
let answer = (): void => undefined;
let begun: Promise<void>;
let gate: Promise<void>;

beforeEach(() => {
  begun = new Promise<void>((resolve) => (begin = resolve));
  gate = new Promise<void>((resolve) => (answer = resolve));
});

@Controller()
class SlowController {
  @Get('slow')
  async slow(): Promise<string> {
    begin();
    await gate;
    return 'at last';
  }
}

@Module({ controllers: [SlowController] })
class SlowModule {}

describe('a service that ends while it answers', () => {
  it('answers, and does not wait for the client to close the connection', async () => {
    const server = fastify(fastifyOptions);
    closeWhatBecomesIdle(server);
    server.get('/slow', async () => {
      begin();
      await gate;
      return 'at last';
    });
    const url = await server.listen({ host: '127.0.0.1', port: 0 });
    const agent = new Agent({ keepAlive: true });
    const response = once(get(`${url}/slow`, { agent }), 'response') as Promise<[IncomingMessage]>;
    await begun;
    const closing = server.close();
    await eventually(() => expect(server.server.listening).toBe(false));
    answer();
    const [answered] = await response;
    expect(await text(answered)).toBe('at last');
    await closing;
    agent.destroy();
  });

  it('does not wait for what a client may want that has only connected', async () => {
    const server = fastify(fastifyOptions);
    closeWhatBecomesIdle(server);
    const url = new URL(await server.listen({ host: '127.0.0.1', port: 0 }));
    const connection = connect(Number(url.port), url.hostname);
    await once(connection, 'connect');
    const ended = once(connection, 'close');
    await Promise.all([server.close(), ended]);
  });

  it('answers what still comes on an open connection with a problem, and closes the connection', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'ledgerline-closing-'));
    const options = { service: 'slow-service', storage: embedded({ dataDir: directory }) };
    const running = await startService(serviceWith(options, SlowModule));
    const url = new URL(running.url);
    const server = running.app.getHttpServer() as Server;
    const connected = once(server, 'connection') as Promise<[Socket]>;
    const socket = connect(Number(url.port), url.hostname);
    const answered = text(socket);
    const request = 'GET /slow HTTP/1.1\r\nHost: slow\r\n\r\n';
    socket.write(request);
    await begun;
    const closing = running.close();
    await eventually(() => expect(server.listening).toBe(false));
    socket.write(request);
    const [atServer] = await connected;
    await eventually(() => expect(atServer.bytesRead).toBe(2 * request.length));
    answer();
    const [, first, second = ''] = (await answered).split('HTTP/1.1 ');
    await closing;
    rmSync(directory, { recursive: true });
    expect(first).toMatch(/^200 [^]*at last$/);
    const [head = '', body = ''] = second.split('\r\n\r\n');
    expect(head).toMatch(/^503 /);
    for (const header of ['content-type: application/problem+json', 'retry-after: 1', 'connection: close'])
      expect(head.toLowerCase().split('\r\n')).toContain(header);
    expect(JSON.parse(body)).toMatchObject({ status: 503, code: 'service-not-ready', retriable: true });
  });
});
