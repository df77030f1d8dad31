// Servers for the specs that need some, on a directory of their own.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { build, root, run, toolEnv } from './workspace.mjs';

// What Java would compile a second time, and better, is over before that pays: a fifth of the processor's time of such specs.
const javaOptions = [process.env.JDK_JAVA_OPTIONS, '-XX:TieredStopAtLevel=1'];

/** For programs that start servers which live for minutes. */
export const quickServersEnv = { ...toolEnv, JDK_JAVA_OPTIONS: javaOptions.filter(Boolean).join(' ') };

const PREREQUISITE_MISSING = 3;
const script = join(root, 'scripts/servers.mjs');

const environmentOn = (directory) => ({ ...quickServersEnv, DATA_DIR: directory });

/** Answers the variables of `kafka` or `mongo` once it is ready; or `missing`, the program that this machine lacks. */
export const startServer = async (directory, name, options = []) => {
  await build(['tools/local-servers']);
  const { code, text } = await run(process.execPath, [script, 'up', '--only', name, ...options], {
    show: false,
    env: environmentOn(directory),
  });
  if (code === PREREQUISITE_MISSING) return { missing: text.trim() };
  if (code !== 0) throw new Error(text.trim());
  return {
    env: Object.fromEntries([...text.matchAll(/^export (\w+)=(.*)$/gm)].map(([, name, value]) => [name, value])),
  };
};

/** Also for the end by a signal, where nothing can be waited for. Harmless when nothing runs. */
export const stopServers = (directory) => {
  const { status, stderr } = spawnSync(process.execPath, [script, 'down', '--wipe'], {
    cwd: root,
    env: environmentOn(directory),
    encoding: 'utf8',
  });
  if (status !== 0) console.error(`The servers in ${directory} could not be ended: ${stderr}`);
};
