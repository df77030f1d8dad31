import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
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
});
