import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { SocketRequest } from './kafkajs-internals.js';

/** A socket to a broker, by TLS where it is asked for; `onConnect` is called when it can be written. */
export const openSocket = ({ host, port, ssl, onConnect }: SocketRequest): Socket => {
  const name = isIP(host) === 0 ? { servername: host } : {};
  const socket = ssl ? connectTls({ host, port, ...name, ...ssl }, onConnect) : connect({ host, port }, onConnect);
  socket.setNoDelay(true);
  socket.setKeepAlive(true, 30_000);
  return socket;
};
