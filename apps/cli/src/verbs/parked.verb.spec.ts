import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { esProgram } from '../program.js';

describe('es parked', () => {
  let server: Server;
  let before: string | undefined;

  beforeAll(async () => {
    before = process.env['PROJECTION_SERVICE_URL'];
    server = createServer((request, response) => {
      request.resume();
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(request.method === 'POST' ? { id: 'x' } : { items: [] }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    process.env['PROJECTION_SERVICE_URL'] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(async () => {
    if (before === undefined) delete process.env['PROJECTION_SERVICE_URL'];
    else process.env['PROJECTION_SERVICE_URL'] = before;
    await new Promise((resolve) => server.close(resolve));
  });

  it.each([
    [['parked'], false],
    [['parked', '--json'], true],
    [['parked', 'retry', 'x'], false],
    [['parked', 'retry', 'x', '--json'], true],
    [['parked', '--json', 'retry', 'x'], true],
    [['parked', '--json', 'discard', 'x', '--reason', 'r'], true],
  ] as const)('%j answers in JSON: %j', async (args, expected) => {
    const shown: boolean[] = [];
    await esProgram((_result, asJson) => shown.push(asJson)).parseAsync(args, { from: 'user' });
    expect(shown).toEqual([expected]);
  });
});
