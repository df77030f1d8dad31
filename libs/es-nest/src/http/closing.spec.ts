import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { eventually } from '@ledgerline/es-testing';
import { fastify } from 'fastify';
import { closeWhatBecomesIdle, fastifyOptions } from './fastify-options.js';

describe('a service that ends while it answers', () => {
  it('answers, and does not wait for the client to close the connection', async () => {
    const server = fastify(fastifyOptions);
    closeWhatBecomesIdle(server);
    let begin = (): void => undefined;
    let answer = (): void => undefined;
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const gate = new Promise<void>((resolve) => (answer = resolve));
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
});
