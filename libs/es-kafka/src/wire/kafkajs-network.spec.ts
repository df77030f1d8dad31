import type { Socket } from 'node:net';
import { freePorts } from '@ledgerline/local-servers';
import { newConnection } from './kafkajs-internals.js';
import { kafkaJsNetwork } from './kafkajs-network.js';

describe('how a client of kafkajs reaches brokers', () => {
  it('has a host without colons for an IPv6 address, for kafkajs cuts at the first one', () => {
    const { brokers } = kafkaJsNetwork({ brokers: ['[fe80::1]:9092', '[::1]:9093', 'kafka-1:9092', '127.0.0.1:1'] });
    expect(brokers).toEqual([
      ...['fe80--1.ipv6-literal.net:9092', '--1.ipv6-literal.net:9093'],
      ...['kafka-1:9092', '127.0.0.1:1'],
    ]);
  });

  it('lets go of a socket that nobody answered once, however often kafkajs does', async () => {
    const [port = 0] = await freePorts(1);
    const sockets: Socket[] = [];
    const { socketFactory } = kafkaJsNetwork({ brokers: [] });
    const connection = newConnection({
      ...{ host: '127.0.0.1', port, ssl: null, sasl: null, clientId: 'spec' },
      ...{ connectionTimeout: 1_000, requestTimeout: 1_000 },
      socketFactory: (request) => {
        const socket = socketFactory(request);
        sockets.push(socket);
        return socket;
      },
    });
    await expect(connection.connect()).rejects.toThrow('ECONNREFUSED');
    for (let times = 0; times < 20; times += 1) await connection.disconnect();
    // Each time it was one more, and Node warns of eleven.
    expect(sockets.map((socket) => socket.listenerCount('connect') < 11)).toEqual([true]);
  });
});
