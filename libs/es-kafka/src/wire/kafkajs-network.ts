import type { Socket } from 'node:net';
import type { KafkaConfig, SASLOptions } from 'kafkajs';
import type { KafkaConnection, KafkaCredentials } from '../kafka-connection.js';
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

/** All that a client of kafkajs is made with to be known to the brokers as the log is. */
export const kafkaJsOptions = ({ clientId, ssl, sasl, ...connection }: KafkaConnection): KafkaConfig => ({
  ...{ ...kafkaJsNetwork(connection), clientId },
  ...(ssl !== undefined && { ssl }),
  ...(sasl && { sasl: saslOf(sasl) }),
});

/** A copy, for kafkajs keeps its authenticator in it; each mechanism is a type of its own there. */
const saslOf = ({ mechanism, ...user }: KafkaCredentials): SASLOptions => {
  switch (mechanism) {
    case 'plain':
      return { mechanism, ...user };
    case 'scram-sha-256':
      return { mechanism, ...user };
    case 'scram-sha-512':
      return { mechanism, ...user };
  }
};
