import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { sendTo } from './send.js';

type Reply = (request: IncomingMessage, body: string, response: ServerResponse) => void;

describe('a sender', () => {
  const closers: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });

  const serving = async (reply: Reply): Promise<string> => {
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => reply(request, body, response));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(() => new Promise((resolve) => server.close(resolve).closeAllConnections()));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const answering = (type: string, text: string): Promise<string> =>
    serving((_, __, response) => response.writeHead(409, { 'content-type': type, etag: '"3"' }).end(text));
  const echo: Reply = ({ method, url, headers }, body, response) =>
    response
      .writeHead(200, { 'content-type': 'application/json; charset=utf-8' })
      .end(JSON.stringify({ method, url, type: headers['content-type'], key: headers['idempotency-key'], body }));

  it.each([
    [{ a: 1 }, {}, 'application/json', '{"a":1}'],
    ['{"a"', {}, 'application/json', '{"a"'],
    ['x\ny', { 'content-type': 'text/plain' }, 'text/plain', 'x\ny'],
    [undefined, {}, undefined, ''],
  ])('sends %j as it should be', async (given, headers, type, body) => {
    const url = await serving(echo);
    const { status, json } = await sendTo(() => url)('POST', '/a?b', given, { 'idempotency-key': 'k', ...headers });
    expect([status, json]).toEqual([200, { method: 'POST', url: '/a?b', key: 'k', body, ...(type && { type }) }]);
  });

  it.each([
    ['application/json', '{"code":"x"}', { code: 'x' }],
    ['application/problem+json; charset=utf-8', '{"code":"x"}', { code: 'x' }],
    ['application/x-ndjson', '{"id":"1"}\n{"id":"2"}\n', {}],
    ['text/plain', '{"code":"x"}', {}],
  ])('reads an answer of %s', async (type, text, json) => {
    const url = await answering(type, text);
    const answer = await sendTo(() => url)('GET', '/');
    expect([answer.status, answer.text, answer.json, answer.headers.get('etag')]).toEqual([409, text, json, '"3"']);
  });

  it('finds a service that was started again elsewhere', async () => {
    let url = await answering('text/plain', 'before');
    const send = sendTo(() => url);
    expect((await send('GET', '/')).text).toBe('before');
    url = await answering('text/plain', 'after');
    expect((await send('GET', '/')).text).toBe('after');
  });
});
