import { type ClusterPlan, type PlannedNode } from './cluster-plan.js';

export type Settings = Readonly<Record<string, string | number | boolean>>;

export interface BrokerOptions {
  readonly plan: ClusterPlan;
  readonly node: PlannedNode;
  /** Where the broker keeps its records. */
  readonly data: string;
  /** The port that clients are told; the broker's own, or that of a proxy in front of it. */
  readonly advertisedPort: number;
  /** Where it listens for clients: 127.0.0.1 unless said otherwise. */
  readonly clientHost?: string;
  /** What the listener for clients needs beyond plain TCP. */
  readonly security?: Settings;
  /** Settings that win over these. */
  readonly settings?: Settings;
}

/**
 * Every broker is a controller too. Clients come in by a listener of their own, so that a proxy in front of it, or what it
 * asks of them, is nothing to the brokers among themselves.
 */
export const brokerSettings = (options: BrokerOptions): Settings => ({
  ...listeners(options),
  ...replication(options.plan.nodes.length),
  ...SMALL_AND_QUICK,
  'node.id': options.node.id,
  'log.dirs': options.data,
  ...options.security,
  ...options.settings,
});

const HOST = '127.0.0.1';

const listeners = ({ plan, node, advertisedPort, clientHost = HOST, security }: BrokerOptions): Settings => {
  const { clients, internal, controller } = node.ports;
  const inside = `INTERNAL://${HOST}:${internal}`;
  const voters = plan.nodes.map(({ id, ports }) => `${id}@${HOST}:${ports.controller}`);
  return {
    'process.roles': 'broker,controller',
    'controller.quorum.voters': voters.join(','),
    listeners: `CLIENTS://${hostInUrl(clientHost)}:${clients},${inside},CONTROLLER://${HOST}:${controller}`,
    'advertised.listeners': `CLIENTS://${hostInUrl(clientHost)}:${advertisedPort},${inside}`,
    'inter.broker.listener.name': 'INTERNAL',
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': `CLIENTS:${security ? 'SASL_SSL' : 'PLAINTEXT'},INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT`,
  };
};

/** As it is written before a port. */
export const hostInUrl = (host: string): string => (host.includes(':') ? `[${host}]` : host);

/** With three brokers an acknowledged record is on two of them at least, in Kafka's own topics as in others. */
const replication = (brokers: number): Settings => {
  const inSync = Math.ceil(brokers / 2);
  return {
    'default.replication.factor': brokers,
    'min.insync.replicas': inSync,
    'offsets.topic.replication.factor': brokers,
    'transaction.state.log.replication.factor': brokers,
    'transaction.state.log.min.isr': inSync,
    'share.coordinator.state.topic.replication.factor': brokers,
    'share.coordinator.state.topic.min.isr': inSync,
  };
};

const SMALL_AND_QUICK: Settings = {
  'auto.create.topics.enable': false,
  'group.initial.rebalance.delay.ms': 0,
  'offsets.topic.num.partitions': 4,
  'transaction.state.log.num.partitions': 4,
  'share.coordinator.state.topic.num.partitions': 4,
  // A killed broker is missed, and may come back, after this long; Kafka's own 9 s are made for larger networks.
  'broker.heartbeat.interval.ms': 500,
  'broker.session.timeout.ms': 6_000,
};

/** As a Java properties file holds them. */
export const asProperties = (settings: Settings): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name}=${String(value).replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n`)
    .join('');
