import { createServer, type Server } from 'node:net';
import { EsError } from '@ledgerline/es-core';
import { startFailure } from './start-failure.js';

const listening = (server: Server, port: number, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });
const failureOf = async (port: number, host: string): Promise<string> =>
  startFailure(await listening(createServer(), port, host).catch((error: unknown) => error));

describe('a service that does not start', () => {
  it('says who has its port', async () => {
    const first = createServer();
    const port = await listening(first, 0, '127.0.0.1');
    expect(await failureOf(port, '127.0.0.1')).toBe(
      `address already in use 127.0.0.1:${port}; stop what listens there, or set another port`,
    );
    await new Promise((resolve) => first.close(resolve));
  });

  it('says that its HOST is not of this machine', () => {
    // As Node words it: nothing outside of this machine is named, not even to be bound.
    const error = Object.assign(new Error('listen EADDRNOTAVAIL: address not available shop'), {
      ...{ syscall: 'listen', code: 'EADDRNOTAVAIL' },
    });
    expect(startFailure(error)).toBe('address not available shop; set HOST to an address of this machine');
  });

  it.each([
    ['getaddrinfo', 'ENOTFOUND', 'getaddrinfo ENOTFOUND shop; set HOST to a name or an address of this machine'],
    ['getaddrinfo', 'EAI_AGAIN', 'getaddrinfo EAI_AGAIN shop; set another HOST or port'],
    ['listen', 'EACCES', 'listen EACCES shop; set a port from 1024 on, which every user may listen on'],
  ])('says in one line what %s answers: %s', (syscall, code, said) => {
    expect(startFailure(Object.assign(new Error(`${syscall} ${code} shop`), { syscall, code }))).toBe(said);
  });

  it('says what an expected error says, and shows where a bug is', () => {
    expect(startFailure(new EsError('data-dir-in-use', 'it runs already', false))).toBe('it runs already');
    expect(startFailure(new Error('nobody thought of that'))).toMatch(/nobody thought of that\n +at /);
    expect(startFailure('thrown')).toBe('thrown');
  });
});
