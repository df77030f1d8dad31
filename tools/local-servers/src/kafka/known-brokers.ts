import { connect } from 'node:net';

const ANSWERS_WITHIN_MS = 3_000;
const METADATA = 3;
const VERSION = 1;
const NO_CLIENT_ID = -1;

/*
 * How many brokers one broker knows to be alive, by one request on a connection of its own: a client library would ask whichever
 * broker of the cluster it likes. Undefined while it does not answer.
 */
export const knownBrokers = (port: number): Promise<number | undefined> =>
  new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: ANSWERS_WITHIN_MS });
    const answer = (count?: number): void => {
      socket.destroy();
      resolve(count);
    };
    let received = Buffer.alloc(0);
    socket.once('connect', () => socket.write(metadataRequest()));
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      // Length, correlation id, and how many brokers follow.
      if (received.length >= 12) answer(received.readInt32BE(8));
    });
    socket.once('error', () => answer()); // Not there yet.
    socket.once('timeout', () => answer());
    socket.once('close', () => answer());
  });

/** About no topic: the brokers are told in any case. */
const metadataRequest = (): Buffer => {
  const request = Buffer.alloc(18);
  request.writeInt32BE(request.length - 4, 0);
  request.writeInt16BE(METADATA, 4);
  request.writeInt16BE(VERSION, 6);
  request.writeInt32BE(0, 8);
  request.writeInt16BE(NO_CLIENT_ID, 12);
  request.writeInt32BE(0, 14);
  return request;
};
