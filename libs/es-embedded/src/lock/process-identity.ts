import { readFileSync } from 'node:fs';

/** A process, told apart from a later one with the same pid where the operating system allows it. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it was started; empty where that cannot be known. */
  readonly started: string;
}

export const thisProcess = (): ProcessIdentity => ({ pid: process.pid, started: kernelViewOf(process.pid).start });

export const isRunning = ({ pid, started }: ProcessIdentity): boolean => {
  if (!hasPid(pid)) return false;
  const { ended, start } = kernelViewOf(pid);
  return !ended && (start === '' || started === '' || start === started);
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

interface KernelView {
  /** True for a process that was killed and whose parent has not asked about it yet: its pid is taken, nothing runs. */
  readonly ended: boolean;
  /** The machine's boot and the clock ticks since then; empty where there is no /proc. */
  readonly start: string;
}

const kernelViewOf = (pid: number): KernelView => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field is the program's name in parentheses and may hold anything; the state follows it, and the start
    // time is the 22nd.
    const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    return { ended: state === 'Z' || state === 'X', start: `${boot}/${rest[18] ?? ''}` };
  } catch {
    return { ended: false, start: '' }; // Not Linux, or the process has just ended: its pid alone has to do.
  }
};
