import { once } from 'node:events';
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { IncomingMessage } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@ledgerline/es-testing';
import { cutOffStalled } from './cut-off-stalled.js';

/** More than connections hold on their own. */
const LARGE = Buffer.alloc(32 * 1024 * 1024, 'x');

describe('a client that takes nothing of its answer', () => {
  const server = createServer((request, response) => {
    cutOffStalled(response, 100);
    if (request.url === '/large') response.end(LARGE);
    else setTimeout(() => response.end('at last'), 300);
  });
  const answerTo = async (path: string): Promise<IncomingMessage> => {
    if (!server.listening) await once(server.listen(0, '127.0.0.1'), 'listening');
    const [answer] = (await once(
      get({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, path }),
      'response',
    )) as [IncomingMessage];
    return answer;
  };
  afterEach(() => server.closeAllConnections());
  afterAll(() => server.close());

  it('is cut off after a while', async () => {
    const answer = await answerTo('/large');
    const failed = once(answer, 'error');
    let closed = false;
    answer.once('close', () => (closed = true));
    await eventually(async () => {
      const connections = await new Promise((resolve) => server.getConnections((_, count) => resolve(count)));
      expect(connections).toBe(0);
    });
    answer.resume();
    expect(await failed).toMatchObject([{ code: 'ECONNRESET' }]);
    await eventually(() => expect(closed).toBe(true));
  });

  it('is not taken for one whose answer is still being made', async () => {
    expect(await text(await answerTo('/slow'))).toBe('at last');
  });
});
