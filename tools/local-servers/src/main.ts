#!/usr/bin/env node
import { type Command, parseCommand, UsageError } from './parse-command.js';
import { ServersError } from './servers.error.js';
import { serversDown, serversStatus, serversUp } from './servers.js';

const OK = 0;
const FAILED = 1;
const USAGE = 2;
/** This machine lacks a program: `npm test` skips what needs it. */
const PREREQUISITE_MISSING = 3;

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const tell = (line: string): void => void process.stderr.write(`${line}\n`);

const dataDirectory = process.env['DATA_DIR']?.trim() || '.data';

const up = async ({ verb: _, ...options }: Command & { readonly verb: 'up' }): Promise<number> => {
  const variables = await serversUp({ dataDirectory, progress: tell, ...options });
  for (const [name, value] of Object.entries(variables)) print(`export ${name}=${value}`);
  return OK;
};

const down = async (wipe: boolean): Promise<number> => {
  await serversDown({ dataDirectory, wipe, progress: tell });
  tell(wipe ? 'The servers are down, their data is removed.' : 'The servers are down, their data is kept.');
  return OK;
};

const status = async (): Promise<number> => {
  const processes = await serversStatus(dataDirectory);
  for (const { name, pid, address, log } of processes) {
    print(`${name}  ${pid === undefined ? 'not running' : `running as process ${pid}`}  ${address}  ${log}`);
  }
  if (processes.length === 0) tell(`There are no servers in ${dataDirectory}.`);
  return processes.length > 0 && processes.every(({ pid }) => pid !== undefined) ? OK : FAILED;
};

const run = async (args: readonly string[]): Promise<number> => {
  try {
    const command = parseCommand(args);
    if (command.verb === 'up') return await up(command);
    return command.verb === 'down' ? await down(command.wipe) : await status();
  } catch (error) {
    if (!(error instanceof ServersError) && !(error instanceof UsageError)) throw error;
    tell(`servers: ${error.message}`);
    if (error instanceof UsageError) return USAGE;
    return error.isPrerequisite ? PREREQUISITE_MISSING : FAILED;
  }
};

process.exitCode = await run(process.argv.slice(2));
