import { z } from 'zod';
import { javaProgram, requireJavaCompiler } from '../java.js';
import { javaJars } from '../java-jars.js';
import { KeptPlan } from '../kept-plan.js';
import { type LocalServer, type ServerProcess, type UpOptions } from '../local-server.js';
import { endProcesses } from '../processes/end-processes.js';
import { findProcesses } from '../processes/find-processes.js';
import { freePorts, isFree } from '../processes/free-ports.js';
import { startDetached } from '../processes/start-detached.js';
import { ServersError } from '../servers.error.js';
import { MongoHome } from './mongo-home.js';
import { mongoReady } from './mongo-ready.js';
import { mongoUri } from './mongo-uri.js';

const ENDS_WITHIN_MS = 8_000;

const mongoPlan = z.object({ port: z.int().min(1).max(65_535) });
type MongoPlan = Readonly<z.output<typeof mongoPlan>>;

const planIn = (directory: string): KeptPlan<MongoPlan> => new KeptPlan(directory, mongoPlan);

const running = (directory: string): Promise<number[]> => findProcesses(new MongoHome(directory).lastArguments);

const prepare = async (progress: (line: string) => void): Promise<void> => {
  await requireJavaCompiler();
  await javaJars('mongo', progress);
};

const up = async ({ directory, progress }: UpOptions): Promise<Readonly<Record<string, string>>> => {
  const home = new MongoHome(directory, await javaJars('mongo', progress));
  const isRunning = async (): Promise<boolean> => (await running(directory)).length > 0;
  const { port } = await agreedPlan(directory, isRunning);
  if (!(await isRunning())) {
    progress(`Starting the MongoDB-protocol server, its output is in ${home.log}`);
    await home.prepare();
    startDetached({ program: javaProgram('java'), args: home.javaArguments(port), log: home.log });
  }
  await mongoReady({ home, port, isRunning });
  return { MONGODB_URI: mongoUri(port) };
};

/** The plan that is kept here, with another port where a stranger has taken it; a new one where there is none. */
const agreedPlan = async (directory: string, isRunning: () => Promise<boolean>): Promise<MongoPlan> => {
  const plan = planIn(directory);
  const kept = await plan.read();
  // Looked at after the port: a server of ours is there before it takes it.
  if (kept && ((await isFree(kept.port)) || (await isRunning()))) return kept;
  const [port = 0] = await freePorts(1);
  return plan.keep({ port });
};

const down = async (directory: string): Promise<void> => {
  if (await endProcesses(() => running(directory), ENDS_WITHIN_MS)) return;
  const left = (await running(directory)).join(', ');
  throw new ServersError('not-ended', `The server in ${directory} does not end, not even by SIGKILL: process ${left}`);
};

const status = async (directory: string): Promise<readonly ServerProcess[]> => {
  const plan = await planIn(directory).read();
  if (!plan) return [];
  const [pid] = await running(directory);
  return [{ name: 'mongo', pid, address: `127.0.0.1:${plan.port}`, log: new MongoHome(directory).log }];
};

/** A server that speaks MongoDB's protocol and keeps its documents in a file, on 127.0.0.1. */
export const mongoServer: LocalServer = { name: 'mongo', prepare, up, down, status };
