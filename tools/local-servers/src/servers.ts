import { mkdir, realpath, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { kafkaServer } from './kafka/kafka-server.js';
import { type LocalServer, type ServerProcess, type UpOptions } from './local-server.js';

/** Started in this order, ended in the reverse one. */
const SERVERS: readonly LocalServer[] = [kafkaServer];

export type ServersUpOptions = Omit<UpOptions, 'directory'> & { readonly dataDirectory: string };

/** Starts the servers that do not run yet; answers all variables when all are ready. */
export const serversUp = async ({
  dataDirectory,
  ...options
}: ServersUpOptions): Promise<Readonly<Record<string, string>>> => {
  const variables: Record<string, string> = {};
  for (const server of SERVERS) {
    Object.assign(variables, await server.up({ ...options, directory: await homeOf(server, dataDirectory) }));
  }
  return variables;
};

/** Ends the servers; with `wipe` their data is removed as well. */
export const serversDown = async (dataDirectory: string, { wipe }: { readonly wipe: boolean }): Promise<void> => {
  for (const server of SERVERS.toReversed()) {
    const directory = await homeOf(server, dataDirectory);
    await server.down(directory);
    if (wipe) await rm(directory, { recursive: true, force: true });
  }
};

export const serversStatus = async (dataDirectory: string): Promise<readonly ServerProcess[]> => {
  const statuses = SERVERS.map(async (server) => server.status(await homeOf(server, dataDirectory)));
  return (await Promise.all(statuses)).flat();
};

/** By its real path: the same folder is the same servers, however it is named. */
const homeOf = async ({ name }: LocalServer, dataDirectory: string): Promise<string> => {
  const parent = resolve(dataDirectory, 'servers');
  await mkdir(parent, { recursive: true });
  return join(await realpath(parent), name);
};
