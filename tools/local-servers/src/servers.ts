import { mkdir, realpath, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { kafkaServer } from './kafka/kafka-server.js';
import { inTurn, type TurnOptions } from './processes/in-turn.js';
import { type LocalServer, type ServerName, type ServerProcess, type UpOptions } from './local-server.js';
import { mongoServer } from './mongo/mongo-server.js';

/** Started in this order, ended in the reverse one. */
const SERVERS: readonly LocalServer[] = [kafkaServer, mongoServer];

export type ServersUpOptions = Omit<UpOptions, 'directory'> & {
  readonly dataDirectory: string;
  /** One of them alone; undefined: all. */
  readonly only?: ServerName;
};

export interface ServersDownOptions {
  readonly dataDirectory: string;
  readonly wipe: boolean;
  readonly progress: (line: string) => void;
}

/** Starts the servers that do not run yet; answers all variables when all are ready. */
export const serversUp = async ({
  dataDirectory,
  only,
  ...options
}: ServersUpOptions): Promise<Readonly<Record<string, string>>> => {
  const parent = await serversIn(dataDirectory);
  return inTurn(turnsOf(parent, options.progress), async () => {
    const wanted = SERVERS.filter(({ name }) => only === undefined || only === name);
    for (const server of wanted) await server.prepare(options.progress);
    const variables: Record<string, string> = {};
    for (const server of wanted) {
      Object.assign(variables, await server.up({ ...options, directory: join(parent, server.name) }));
    }
    return variables;
  });
};

/** Ends the servers; with `wipe` their data is removed as well. */
export const serversDown = async ({ dataDirectory, wipe, progress }: ServersDownOptions): Promise<void> => {
  const parent = await serversIn(dataDirectory);
  await inTurn(turnsOf(parent, progress), async () => {
    for (const server of SERVERS.toReversed()) {
      const directory = join(parent, server.name);
      await server.down(directory);
      if (wipe) await rm(directory, { recursive: true, force: true });
    }
  });
};

export const serversStatus = async (dataDirectory: string): Promise<readonly ServerProcess[]> => {
  const parent = await serversIn(dataDirectory);
  return (await Promise.all(SERVERS.map((server) => server.status(join(parent, server.name))))).flat();
};

const turnsOf = (parent: string, progress: (line: string) => void): TurnOptions => ({
  directory: join(parent, 'turns'),
  onWait: () => progress('Another servers:up or servers:down is at work here, waiting for it …'),
});

/** By its real path: the same folder is the same servers, however it is named. */
const serversIn = async (dataDirectory: string): Promise<string> => {
  const parent = resolve(dataDirectory, 'servers');
  await mkdir(parent, { recursive: true });
  return realpath(parent);
};
