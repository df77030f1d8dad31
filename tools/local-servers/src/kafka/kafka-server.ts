import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { javaProgram, requireJava } from '../java.js';
import { javaJars } from '../java-jars.js';
import { KeptPlan } from '../kept-plan.js';
import { type LocalServer, type ServerProcess, type UpOptions } from '../local-server.js';
import { endProcesses } from '../processes/end-processes.js';
import { findProcesses } from '../processes/find-processes.js';
import { isFree } from '../processes/free-ports.js';
import { startDetached } from '../processes/start-detached.js';
import { ServersError } from '../servers.error.js';
import { BrokerHome } from './broker-home.js';
import { brokersReady } from './brokers-ready.js';
import { type ClusterPlan, clusterPlan, planCluster, withFreePorts } from './cluster-plan.js';

// Three brokers that end together wait for each other until they give up.
const ENDS_WITHIN_MS = 8_000;

const homeOf = (directory: string, id: number, jars = ''): BrokerHome => new BrokerHome(join(directory, `${id}`), jars);

const planIn = (directory: string): KeptPlan<ClusterPlan> => new KeptPlan(directory, clusterPlan);

const running = (home: BrokerHome): Promise<number[]> => findProcesses(home.lastArguments);

const prepare = async (progress: (line: string) => void): Promise<void> => {
  await requireJava();
  await javaJars('kafka', progress);
};

const up = async ({ directory, brokers, progress }: UpOptions): Promise<Readonly<Record<string, string>>> => {
  const jars = await javaJars('kafka', progress);
  const plan = await agreedPlan(directory, brokers);
  const all = plan.nodes.map((node) => ({ node, home: homeOf(directory, node.id, jars) }));
  await Promise.all(
    all.map(async ({ node, home }) => {
      if ((await running(home)).length > 0) return;
      progress(`Starting Kafka broker ${node.id}, its output is in ${home.log}`);
      await home.prepare({ plan, node, advertisedPort: node.ports.clients });
      startDetached({ program: javaProgram('java'), args: home.javaArguments, log: home.log });
    }),
  );
  await brokersReady(
    all.map(({ node, home }) => ({ node, home, isRunning: async () => (await running(home)).length > 0 })),
  );
  return { KAFKA_BROKERS: plan.nodes.map(addressOf).join(',') };
};

/** The plan that is kept here, moved to other ports where a stranger has taken one; a new one where there is none. */
const agreedPlan = async (directory: string, brokers?: number): Promise<ClusterPlan> => {
  const plan = planIn(directory);
  const kept = await plan.read();
  if (!kept) return plan.keep(await planCluster(brokers ?? 1));
  const had = kept.nodes.length;
  if (brokers !== undefined && brokers !== had) {
    const advice = 'go on with as many, or remove them and their data with `npm run -s servers:down -- --wipe`';
    throw new ServersError('other-brokers', `${directory} holds ${had} broker(s), not ${brokers}: ${advice}.`);
  }
  const ports = kept.nodes.flatMap((node) => Object.values(node.ports));
  const free = await Promise.all(ports.map(isFree));
  // Looked at after the ports: a broker of ours is there before it takes them.
  if (free.every(Boolean) || (await anyRuns(directory))) return kept;
  return plan.keep(await withFreePorts(kept));
};

const addressOf = ({ ports }: ClusterPlan['nodes'][number]): string => `127.0.0.1:${ports.clients}`;

/** Told by its folders, so that it works where the plan is lost. */
const pidsIn = async (directory: string): Promise<number[]> => {
  const names = existsSync(directory) ? await readdir(directory) : [];
  const ids = names.filter((name) => /^\d+$/.test(name)).map(Number);
  return (await Promise.all(ids.map((id) => running(homeOf(directory, id))))).flat();
};

const anyRuns = async (directory: string): Promise<boolean> => (await pidsIn(directory)).length > 0;

const down = async (directory: string): Promise<void> => {
  if (await endProcesses(() => pidsIn(directory), ENDS_WITHIN_MS)) return;
  const left = (await pidsIn(directory)).join(', ');
  throw new ServersError('not-ended', `Kafka in ${directory} does not end, not even by SIGKILL: process ${left}`);
};

const status = async (directory: string): Promise<readonly ServerProcess[]> => {
  const plan = await planIn(directory).read();
  return Promise.all(
    (plan?.nodes ?? []).map(async (node) => {
      const home = homeOf(directory, node.id);
      const [pid] = await running(home);
      return { name: `kafka-${node.id}`, pid, address: addressOf(node), log: home.log };
    }),
  );
};

/** Kafka in KRaft mode, one or three brokers on 127.0.0.1. */
export const kafkaServer: LocalServer = { name: 'kafka', prepare, up, down, status };
