import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { freePorts } from '../processes/free-ports.js';
import { ServersError } from '../servers.error.js';

const port = z.int().min(1).max(65_535);
const plannedNode = z.object({
  id: z.int().min(1),
  /** Where clients, the other brokers, and the controllers come in. */
  ports: z.object({ clients: port, internal: port, controller: port }),
});
const clusterPlan = z.object({ clusterId: z.string(), nodes: z.array(plannedNode).min(1) });

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

/** The plan kept in this directory, if there is one. @throws ServersError `plan-unreadable` */
export const readPlan = async (directory: string): Promise<ClusterPlan | undefined> => {
  const file = planFile(directory);
  if (!existsSync(file)) return undefined;
  try {
    return clusterPlan.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    throw new ServersError('plan-unreadable', `${file} is damaged: end its brokers with \`servers:down --wipe\``, {
      cause: error,
    });
  }
};

/** Whole or not at all. */
export const keepPlan = async (directory: string, plan: ClusterPlan): Promise<ClusterPlan> => {
  await mkdir(directory, { recursive: true });
  const written = `${planFile(directory)}.unfinished`;
  await writeFile(written, JSON.stringify(plan, null, 2));
  await rename(written, planFile(directory));
  return plan;
};

const planFile = (directory: string): string => join(directory, 'plan.json');
