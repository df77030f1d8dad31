import { uptime as systemUptime } from 'node:os';

/** By so much clock and process have to part for the system to be asked, which takes a file to be read. */
const ASLEEP_MS = 1_000;

const systemMinusProcess = (): number => systemUptime() * 1_000 - performance.now();

const atStart = systemMinusProcess();
let asleepMs = 0;
let clockMinusProcess = Date.now() - performance.now();

/** As `Platform.uptime`: the time of this process, which stands still while the machine sleeps, and how long that has been. */
export const uptime = (): number => {
  const awakeMs = performance.now();
  const parted = Date.now() - awakeMs;
  if (Math.abs(parted - clockMinusProcess) > ASLEEP_MS) {
    clockMinusProcess = parted;
    asleepMs = Math.max(asleepMs, systemMinusProcess() - atStart);
  }
  return awakeMs + asleepMs;
};
