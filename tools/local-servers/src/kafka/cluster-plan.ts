import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { freePorts } from '../processes/free-ports.js';

const port = z.int().min(1).max(65_535);
const plannedNode = z.object({
  id: z.int().min(1),
  /** Where clients, the other brokers, and the controllers come in. */
  ports: z.object({ clients: port, internal: port, controller: port }),
});
export const clusterPlan = z.object({ clusterId: z.string(), nodes: z.array(plannedNode).min(1) });

export type PlannedNode = Readonly<z.output<typeof plannedNode>>;
/** What all brokers of a cluster have to agree on before the first is started. */
export type ClusterPlan = Readonly<z.output<typeof clusterPlan>>;
export type BrokerCount = 1 | 3;

export const planCluster = async (brokers: number): Promise<ClusterPlan> => {
  const nodes = Array.from({ length: brokers }, (_, index) => ({ id: index + 1 }));
  // Kafka's ids are uuids in base64; one that begins with a dash would look like an option.
  const clusterId = `L${randomBytes(16).toString('base64url').slice(1)}`;
  return withFreePorts({ clusterId, nodes });
};

/** The same cluster on other ports. */
export const withFreePorts = async (
  plan: Omit<ClusterPlan, 'nodes'> & { readonly nodes: readonly { readonly id: number }[] },
): Promise<ClusterPlan> => {
  const nodes = [];
  for (const { id } of plan.nodes) {
    const [clients = 0, internal = 0, controller = 0] = await freePorts(3);
    nodes.push({ id, ports: { clients, internal, controller } });
  }
  return { clusterId: plan.clusterId, nodes };
};
