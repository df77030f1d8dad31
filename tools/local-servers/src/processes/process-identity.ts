import { readFileSync } from 'node:fs';

/** Tells a process from a later one with the same pid, where the operating system allows it; undefined when it does not run. */
export const identityOf = (pid: number): string | undefined => {
  if (process.platform !== 'linux') return hasPid(pid) ? `${pid}` : undefined;
  const stat = readStat(pid);
  // The second field is the program's name in parentheses and may hold anything; the state follows, the start is the 22nd.
  const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // Killed, and its parent has not asked about it yet: the pid is taken, nothing runs.
  if (stat === '' || state === 'Z' || state === 'X') return undefined;
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  return `${pid} ${rest[18]} ${boot}`;
};

export const isAlive = (identity: string): boolean => {
  const pid = Number.parseInt(identity, 10);
  return !Number.isNaN(pid) && identityOf(pid) === identity;
};

const readStat = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ESRCH') throw error;
    return '';
  }
};

const hasPid = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // It runs, under another user.
  }
};
