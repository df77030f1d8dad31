// What every script needs before the first `npm install`: plain Node, no dependency.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** For tools that the scripts start: no daemon that outlives them, no full-screen output, nothing sent anywhere. */
export const toolEnv = { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false', NX_NO_CLOUD: 'true' };

const running = new Set();
const signals = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 };

/** Passes a signal on to the tool under way, and to what that tool started, and ends. */
export const endOnSignal = (cleanUp = () => {}) => {
  for (const [signal, number] of Object.entries(signals)) {
    process.once(signal, () => {
      for (const child of running) killGroup(child, signal);
      cleanUp();
      process.exit(128 + number);
    });
  }
};

const killGroup = (child, signal) => {
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
};

// Linux may share out the processor among sessions first, and by niceness only inside each: a tool is a session of its own.
const GIVE_WAY = '[ -w /proc/self/autogroup ] && echo "$0" > /proc/self/autogroup; exec nice -n "$0" "$@"';

const LOOK_EVERY_MS = 500;

/**
 * Runs a tool to its end and answers its exit code, and its output when it was not shown. A niceness above 0 lets others go
 * first where there is not processor enough for all. As soon as `giveUp` answers a reason, the tool is killed with all that it
 * started, which is a failure with that reason behind its output.
 */
export const run = (command, args, { show = true, env = toolEnv, niceness = 0, giveUp = () => undefined } = {}) =>
  new Promise((resolve, reject) => {
    const output = show ? 'inherit' : 'pipe';
    const giving = niceness > 0 ? ['/bin/sh', '-c', GIVE_WAY, `${niceness}`] : [];
    const [program, ...rest] = [...giving, command, ...args];
    const child = spawn(program, rest, { cwd: root, env, stdio: ['ignore', output, output], detached: true });
    let text = '';
    let reason;
    const looking = setInterval(() => {
      reason ??= giveUp();
      if (reason !== undefined) killGroup(child, 'SIGKILL');
    }, LOOK_EVERY_MS);
    running.add(child);
    child.stdout?.on('data', (chunk) => (text += chunk));
    child.stderr?.on('data', (chunk) => (text += chunk));
    const end = (code) => {
      clearInterval(looking);
      running.delete(child);
      resolve(reason === undefined ? { code: code ?? 1, text } : { code: 1, text: `${text}\n${reason}` });
    };
    child.once('error', (error) => {
      clearInterval(looking);
      reject(error);
    });
    child.once('close', end);
    // What left its group may still hold the output.
    child.once('exit', (code) => reason !== undefined && end(code));
  });

/** Runs a tool that came with `npm install`, by the script its package names. */
export const runTool = (script, args, options) =>
  run(process.execPath, [join(root, 'node_modules', script), ...args], options);

export const nx = (args, options) => runTool('nx/dist/bin/nx.js', args, options);

/** Lints files and directories. The rule of the packages' boundaries is skipped where nx has made no graph of them, or an old one. */
export const lint = async (paths, options) => {
  const { code, text } = await nx(['show', 'projects'], { show: false });
  if (code !== 0) throw new Error(`nx knows no projects\n${text}`);
  return runTool('eslint/bin/eslint.js', ['--max-warnings=0', ...paths], options);
};

const readJson = (path) => JSON.parse(readFileSync(join(root, path), 'utf8'));

/** Whether node_modules holds what the lock file asks for; packages for another platform are rightly absent. */
export const installed = () => {
  if (!existsSync(join(root, 'node_modules/.package-lock.json'))) return false;
  const present = readJson('node_modules/.package-lock.json').packages;
  return Object.entries(readJson('package-lock.json').packages).every(([path, wanted]) => {
    if (!path.startsWith('node_modules/')) return true;
    const found = present[path];
    return found ? found.version === wanted.version : wanted.optional === true || wanted.devOptional === true;
  });
};

/** Installs what is missing; does nothing when the lock file is already satisfied. */
export const install = async ({ show = true } = {}) => {
  if (installed()) return;
  if (show) console.log('Installing dependencies …');
  const { code, text } = await run('npm', ['ci', '--loglevel=warn'], { show, env: process.env });
  if (code !== 0) throw new Error(`npm ci ended with ${code}\n${text}`);
};

/**
 * Builds projects, named by their directories, and what they depend on; silent unless it fails. Files that are up to date stay as
 * they are, so what runs from them may go on.
 */
export const build = async (directories) => {
  const { code, text } = await runTool('typescript/bin/tsc', ['-b', ...directories], { show: false });
  if (code !== 0) throw new Error(`The build failed.\n${text}`);
};

/** Runs a built program in this process, building it first where it was never built. */
export const runBuilt = async (program, directories) => {
  const path = join(root, program);
  if (!existsSync(path)) {
    await install({ show: false });
    await build(directories);
  }
  process.setSourceMapsEnabled(true);
  process.argv = [process.argv[0], path, ...process.argv.slice(2)];
  await import(path);
};

export const requireNode = () => {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(`Node 20.19 or newer is needed, this is ${process.versions.node}.`);
  process.exit(1);
};
