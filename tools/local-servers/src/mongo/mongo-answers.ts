import { connect } from 'node:net';

const ANSWERS_WITHIN_MS = 3_000;
const OP_MSG = 2013;
const HEADER_BYTES = 16;

/** True when a server of MongoDB's protocol answers a ping on this port. */
export const mongoAnswers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: ANSWERS_WITHIN_MS });
    const answer = (does: boolean): void => {
      socket.destroy();
      resolve(does);
    };
    let received = Buffer.alloc(0);
    socket.once('connect', () => socket.write(ping()));
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received.length >= HEADER_BYTES) answer(received.readInt32LE(12) === OP_MSG);
    });
    socket.once('error', () => answer(false)); // Not there yet.
    socket.once('timeout', () => answer(false));
    socket.once('close', () => answer(false));
  });

/** `{ ping: 1, $db: "admin" }` as BSON, in a message without flags. */
const ping = (): Buffer => {
  const fields = Buffer.concat([
    Buffer.from('\x10ping\0\x01\0\0\0', 'latin1'),
    Buffer.from('\x02$db\0\x06\0\0\0admin\0', 'latin1'),
  ]);
  const message = Buffer.alloc(HEADER_BYTES + 10 + fields.length);
  message.writeInt32LE(message.length, 0);
  message.writeInt32LE(1, 4);
  message.writeInt32LE(OP_MSG, 12);
  // After the flags and the kind of the only section: the document's length, its fields, and a zero.
  message.writeInt32LE(fields.length + 5, 21);
  fields.copy(message, 25);
  return message;
};
