import type { Socket } from 'node:net';
import type { KafkaConfig } from 'kafkajs';
import type { KafkaConnection } from '../kafka-connection.js';
import { type Address, addressOf } from './address.js';
import { NEVER_REAUTHENTICATE, type SocketRequest } from './kafkajs-internals.js';
import { openSocket } from './open-socket.js';

/** What a client of kafkajs is made with so that it reaches brokers as the log does: IPv6 addresses too, and by sessions that end. */
export const kafkaJsNetwork = ({
  brokers,
}: Pick<KafkaConnection, 'brokers'>): Pick<KafkaConfig, 'brokers' | 'reauthenticationThreshold'> & {
  readonly socketFactory: (request: SocketRequest) => Socket;
} => ({
  brokers: brokers.map((broker) => standIn(addressOf(broker))),
  reauthenticationThreshold: NEVER_REAUTHENTICATE,
  socketFactory: (request) => openSocket({ ...request, host: hostOf(request.host) }),
});

/** kafkajs takes what stands before the first colon for the host, so an IPv6 address is given to it as a name, as Windows writes them. */
const IPV6 = '.ipv6-literal.net';

const standIn = ({ host, port }: Address): string =>
  `${host.includes(':') ? host.replaceAll(':', '-') + IPV6 : host}:${port}`;

const hostOf = (host: string): string =>
  host.endsWith(IPV6) ? host.slice(0, -IPV6.length).replaceAll('-', ':') : host;
