import { readdir, readFile } from 'node:fs/promises';
import { runProgram } from './run-program.js';

/**
 * The processes whose command line ends in these arguments.
 *
 * Nothing is written down about who was started: a note of a pid is wrong after a reboot or a kill at the wrong moment, and
 * the pid may be another's by then. A broker is whoever runs on its settings file.
 */
export const findProcesses = async (lastArguments: readonly string[]): Promise<number[]> =>
  process.platform === 'linux' ? findInProc(lastArguments) : findByPs(lastArguments);

const findInProc = async (lastArguments: readonly string[]): Promise<number[]> => {
  const ending = `\0${lastArguments.join('\0')}\0`;
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const matches = await Promise.all(pids.map(async (pid) => (await commandLine(pid)).endsWith(ending)));
  return pids.filter((_, index) => matches[index]).map(Number);
};

/** Empty for a process that has ended, and for one that was killed and whose parent has not asked about it yet. */
const commandLine = async (pid: string): Promise<string> => {
  try {
    return await readFile(`/proc/${pid}/cmdline`, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES' || code === 'EPERM') return '';
    throw error;
  }
};

const findByPs = async (lastArguments: readonly string[]): Promise<number[]> => {
  const { code, stdout, output } = await runProgram('ps', ['-axww', '-o', 'pid=,args=']);
  if (code !== 0) throw new Error(`ps ended with ${code}: ${output}`);
  const ending = ` ${lastArguments.join(' ')}`;
  return stdout
    .split('\n')
    .filter((line) => line.trimEnd().endsWith(ending))
    .map((line) => Number.parseInt(line, 10));
};
