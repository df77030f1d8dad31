import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { SocketRequest } from './kafkajs-internals.js';

/** A socket to a broker, by TLS where it is asked for; `onConnect` is called when it can be written. */
export const openSocket = ({ host, port, ssl, onConnect }: SocketRequest): Socket => {
  const name = isIP(host) === 0 ? { servername: host } : {};
  const socket = ssl ? connectTls({ host, port, ...name, ...ssl }, onConnect) : connect({ host, port }, onConnect);
  socket.setNoDelay(true);
  socket.setKeepAlive(true, 30_000);
  return releasedOnce(socket);
};

/**
 * While no broker is there, kafkajs lets go of the socket that could not connect again and again. A socket without a connection takes each
 * time for one more thing to do once it has one, and warns of eleven.
 */
const releasedOnce = (socket: Socket): Socket => {
  const unref = socket.unref.bind(socket);
  let isReleased = false;
  socket.unref = () => {
    if (isReleased) return socket;
    isReleased = true;
    return unref();
  };
  return socket;
};
