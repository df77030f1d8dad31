import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProgram } from './processes/run-program.js';
import { ServersError } from './servers.error.js';

const HOW = 'on Debian and Ubuntu `sudo apt-get install maven`, on macOS `brew install maven`';

/**
 * The folder of a server's jars, fetched by Maven when it is not there yet. All checkouts of one user share it; it is named after
 * what the server's pom asks for, appears complete or not at all, and of two that fetch at once one wins and both use the same.
 * @throws ServersError `maven-missing`, `jars-not-fetched`
 */
export const javaJars = async (server: 'kafka' | 'mongo', progress: (line: string) => void): Promise<string> => {
  const pom = fileURLToPath(new URL(`../${server}.pom.xml`, import.meta.url));
  const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'ledgerline');
  const wanted = createHash('sha256')
    .update(await readFile(pom))
    .digest('hex');
  const folder = join(cache, `${server}-${wanted.slice(0, 16)}`);
  if (existsSync(folder)) return folder;
  progress(`Fetching the jars of ${server} into ${folder} …`);
  await mkdir(cache, { recursive: true });
  const unfinished = await mkdtemp(`${folder}.`);
  try {
    await fetchInto(unfinished, pom);
    await moveIntoPlace(unfinished, folder);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return folder;
};

const fetchInto = async (directory: string, pom: string): Promise<void> => {
  const options = ['-q', '-B', '-f', pom, `-DoutputDirectory=${directory}`, '-DincludeScope=runtime'];
  const { code, output } = await runProgram('mvn', [...options, 'dependency:copy-dependencies']);
  if (code === undefined) throw new ServersError('maven-missing', `Maven is needed, there is none: ${HOW}.`);
  if (code !== 0) throw new ServersError('jars-not-fetched', `Maven could not fetch the jars of ${pom}:\n${output}`);
};

/** Moves a folder to where it belongs, unless another process was first with the same. */
const moveIntoPlace = async (from: string, to: string): Promise<void> => {
  try {
    await rename(from, to);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
  }
};
