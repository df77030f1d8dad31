import type { ConnectionOptions } from 'node:tls';

/** How the brokers of a cluster are reached. */
export interface KafkaConnection {
  /** `host:port` of some brokers; one that answers is enough, the others are learned from it. */
  readonly brokers: readonly string[];
  /** Names this client in the brokers' logs and quotas. */
  readonly clientId: string;
  /** TLS: true for the system's authorities, or the options of `tls.connect`. */
  readonly ssl?: boolean | ConnectionOptions;
  readonly sasl?: KafkaCredentials;
  /** What the names of topics begin with on the cluster, so that several systems may share one. Nothing unless said otherwise. */
  readonly topicPrefix?: string;
  /** How long opening a connection may take. 3,000 unless said otherwise. */
  readonly connectTimeoutMs?: number;
  /** How long an answer may take; a connection that takes longer is given up. 10,000 unless said otherwise. */
  readonly requestTimeoutMs?: number;
}

/** The topic's name on the cluster. */
export const nameOnCluster = ({ topicPrefix = '' }: KafkaConnection, topic: string): string => topicPrefix + topic;

export interface KafkaCredentials {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  readonly username: string;
  readonly password: string;
}
