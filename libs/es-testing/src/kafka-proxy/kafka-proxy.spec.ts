import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../specification/eventually.js';
import { correlationIdOf, FrameCutter, requestHead } from './frames.js';
import { KafkaProxy } from './kafka-proxy.js';
import { FETCH, type Passing, PRODUCE, type Treatment } from './passing.js';

const request = (apiKey: number, correlationId: number): Buffer => {
  const frame = Buffer.alloc(16);
  frame.writeInt32BE(12, 0);
  frame.writeInt16BE(apiKey, 4);
  frame.writeInt32BE(correlationId, 8);
  return frame;
};

const response = (correlationId: number): Buffer => {
  const frame = Buffer.alloc(8);
  frame.writeInt32BE(4, 0);
  frame.writeInt32BE(correlationId, 4);
  return frame;
};

/** A broker that answers each request with its correlation id, and remembers what came. */
const startBroker = async (): Promise<{ server: Server; port: number; came: number[] }> => {
  const came: number[] = [];
  const server = createServer((socket) => {
    const cutter = new FrameCutter();
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes: Buffer) => {
      for (const frame of cutter.take(bytes)) {
        const { correlationId } = requestHead(frame);
        came.push(correlationId);
        const answer = response(correlationId);
        // In two pieces: frames are not packets.
        socket.write(answer.subarray(0, 3));
        socket.write(answer.subarray(3));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as AddressInfo).port, came };
};

const until = (condition: () => boolean): Promise<void> => eventually(() => expect(condition()).toBe(true));

describe('a proxy in front of a broker', () => {
  let broker: Awaited<ReturnType<typeof startBroker>>;
  let proxy: KafkaProxy;
  let client: Socket;
  let answers: number[];
  let closed: boolean;

  beforeEach(async () => {
    broker = await startBroker();
    proxy = await KafkaProxy.open({ target: { host: '127.0.0.1', port: broker.port } });
    [answers, closed] = [[], false];
    const cutter = new FrameCutter();
    client = connect({ port: proxy.port, host: '127.0.0.1' });
    client.on('data', (bytes: Buffer) => answers.push(...cutter.take(bytes).map(correlationIdOf)));
    client.on('error', () => client.destroy());
    client.on('close', () => (closed = true));
    await new Promise<void>((resolve) => client.once('connect', resolve));
  });
  afterEach(async () => {
    client.destroy();
    await proxy.close();
    await new Promise((resolve) => broker.server.close(resolve));
  });

  /** Treats the first thing that fits so, all else passes. */
  const once = (fits: (passing: Passing) => boolean, treatment: Treatment): void => {
    let done = false;
    proxy.treat = (passing) => {
      if (done || !fits(passing)) return 'pass';
      done = true;
      return treatment;
    };
  };

  it('passes everything on, and says what it is', async () => {
    const seen: Passing[] = [];
    proxy.treat = (passing) => {
      seen.push(passing);
      return 'pass';
    };
    client.write(Buffer.concat([request(PRODUCE, 7), request(FETCH, 8)]));
    await until(() => answers.length === 2);
    expect(answers).toEqual([7, 8]);
    expect(seen).toEqual([
      { direction: 'request', apiKey: PRODUCE, connection: 1, frame: request(PRODUCE, 7) },
      { direction: 'request', apiKey: FETCH, connection: 1, frame: request(FETCH, 8) },
      { direction: 'response', apiKey: PRODUCE, connection: 1, frame: response(7) },
      { direction: 'response', apiKey: FETCH, connection: 1, frame: response(8) },
    ]);
  });

  it('passes on what was written into it', async () => {
    proxy.treat = ({ direction, frame }) => {
      if (direction === 'response') frame.writeInt32BE(9, 4);
      return 'pass';
    };
    client.write(request(PRODUCE, 7));
    await until(() => answers.length === 1);
    expect([broker.came, answers]).toEqual([[7], [9]]);
  });

  it('loses a request, or its response', async () => {
    once(({ direction, apiKey }) => direction === 'request' && apiKey === PRODUCE, 'lose');
    client.write(Buffer.concat([request(PRODUCE, 1), request(FETCH, 2)]));
    await until(() => answers.length === 1);
    expect([broker.came, answers]).toEqual([[2], [2]]);
    once(({ direction }) => direction === 'response', 'lose');
    client.write(Buffer.concat([request(PRODUCE, 3), request(PRODUCE, 4)]));
    await until(() => answers.length === 2);
    expect([broker.came, answers]).toEqual([
      [2, 3, 4],
      [2, 4],
    ]);
  });

  it('repeats a request, whose second answer the client never sees, or a response', async () => {
    once(({ direction }) => direction === 'request', 'repeat');
    client.write(Buffer.concat([request(PRODUCE, 1), request(PRODUCE, 2)]));
    await until(() => answers.length === 2);
    expect([broker.came, answers]).toEqual([
      [1, 1, 2],
      [1, 2],
    ]);
    once(({ direction }) => direction === 'response', 'repeat');
    client.write(request(PRODUCE, 3));
    await until(() => answers.length === 4);
    expect(answers).toEqual([1, 2, 3, 3]);
  });

  it('lets a request be overtaken, and arrive although its client is gone', async () => {
    once(({ direction }) => direction === 'request', { afterMs: 30 });
    client.write(Buffer.concat([request(PRODUCE, 1), request(PRODUCE, 2)]));
    await until(() => answers.length === 2);
    expect([broker.came, answers]).toEqual([
      [2, 1],
      [2, 1],
    ]);
    once(({ direction }) => direction === 'request', { afterMs: 30 });
    await new Promise<void>((resolve) => void client.write(request(PRODUCE, 3), () => resolve()));
    client.end();
    await until(() => broker.came.length === 3);
    await until(() => proxy.connections === 0);
  });

  it('cuts a connection, and all of them', async () => {
    once(({ apiKey }) => apiKey === FETCH, 'cut');
    client.write(request(FETCH, 1));
    await until(() => closed);
    expect([broker.came, proxy.connections]).toEqual([[], 0]);
    const other = connect({ port: proxy.port, host: '127.0.0.1' });
    let ended = false;
    other.on('error', () => other.destroy());
    other.on('close', () => (ended = true));
    await until(() => proxy.connections === 1);
    proxy.cutAll();
    await until(() => ended);
  });
});
