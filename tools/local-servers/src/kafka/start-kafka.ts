import { realpath, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { requireJava } from '../java.js';
import { javaJars } from '../java-jars.js';
import { BrokerHome } from './broker-home.js';
import { hostInUrl, type Settings } from './broker-settings.js';
import { secureBrokers } from './client-security.js';
import { type BrokerCount, type PlannedNode, planCluster } from './cluster-plan.js';
import { KafkaCluster } from './kafka-cluster.js';

/** The port that clients are told for a broker, or what finds it out: it may start a proxy before the broker is there. */
export type Advertised =
  number | ((broker: { readonly node: number; readonly port: number }) => number | Promise<number>);

export interface StartKafkaOptions {
  readonly brokers: BrokerCount;
  /** Where the brokers keep everything; a new one per cluster, removed by whoever made it. */
  readonly directory: string;
  /** Clients have to come by TLS, and as one of the users that the cluster answers. */
  readonly security?: boolean;
  readonly advertised?: Advertised;
  /** Where the brokers listen for clients, and say that they do: 127.0.0.1 unless said otherwise, or ::1. */
  readonly clientHost?: string;
  /** Broker settings that win over the usual ones. */
  readonly settings?: Settings;
}

/**
 * Starts one or three brokers on free ports, and resolves when they are ready. They do not outlive this process.
 * @throws ServersError when Java or Maven are missing, or a broker does not start
 */
export const startKafka = async (options: StartKafkaOptions): Promise<KafkaCluster> => {
  await requireJava();
  const jars = await javaJars('kafka', () => undefined);
  await mkdir(options.directory, { recursive: true });
  const directory = await realpath(options.directory);
  const secured = options.security === true ? await secureBrokers(join(directory, 'security')) : undefined;
  const plan = await planCluster(options.brokers);
  const nodes = await Promise.all(
    plan.nodes.map(async (node) => {
      const home = new BrokerHome(join(directory, `${node.id}`), jars);
      const advertisedPort = await advertisedPortOf(node, options.advertised);
      const { settings = {}, clientHost = '127.0.0.1' } = options;
      await home.prepare(
        { plan, node, advertisedPort, clientHost, settings, ...(secured && { security: secured.settings }) },
        secured?.client.users,
      );
      return { node, home, advertised: `${hostInUrl(clientHost)}:${advertisedPort}` };
    }),
  );
  return KafkaCluster.start(nodes, secured?.client);
};

const advertisedPortOf = async ({ id, ports }: PlannedNode, advertised?: Advertised): Promise<number> => {
  if (typeof advertised === 'function') return advertised({ node: id, port: ports.clients });
  return advertised ?? ports.clients;
};
