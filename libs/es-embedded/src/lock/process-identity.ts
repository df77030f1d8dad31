import { readFileSync } from 'node:fs';

/** A process, told apart from a later one with the same pid where the operating system allows it. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it was started; empty where that cannot be known. */
  readonly started: string;
}

export const thisProcess = (): ProcessIdentity => ({ pid: process.pid, started: startOf(process.pid) });

export const isRunning = ({ pid, started }: ProcessIdentity): boolean => {
  if (!hasPid(pid)) return false;
  const now = startOf(pid);
  return now === '' || started === '' || now === started;
};

const hasPid = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, under another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
};

/** The machine's boot and the clock ticks since then, from /proc; empty where there is none. */
const startOf = (pid: number): string => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field is the program's name in parentheses and may hold anything; the start time is the 22nd.
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()}/${ticks}`;
  } catch {
    return ''; // Not Linux, or the process has just ended: its pid alone has to do.
  }
};
