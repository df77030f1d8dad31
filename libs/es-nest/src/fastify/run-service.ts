import { setFlagsFromString } from 'node:v8';
import { REHEARSE, runRehearsal } from './run-rehearsal.js';
import type { ServiceToRun } from './service-to-run.js';
import { startFailure } from './start-failure.js';
import { type RunningService, startService } from './start-service.js';

/** A kill loses nothing, so an end that takes longer is cut short rather than waited for. */
const END_WITHIN_MS = 7_500;

/**
 * How far the heap may grow over what is alive before it is collected. V8's own choice is up to four times as much: a
 * busy service with 60 MB alive took 400 MB of the machine, and was no faster for it.
 */
const HEAP_GROWING_PERCENT = 40;

/** An argument by which a process that starts services says that they are to end when the channel to it does. */
const END_WITH_PARENT = '--end-with-parent';

/**
 * The whole life of a service's process: `configure` says what is to run, start, one line on standard output when it
 * is ready, and an end within eight seconds of SIGTERM or SIGINT, or of its parent's end where it was told to. What keeps
 * it from starting is one line on standard error, and exit code 1. Told to rehearse, it does that instead and ends.
 */
export const runService = async (name: string, configure: () => Promise<ServiceToRun>): Promise<void> => {
  if (process.argv.includes(REHEARSE)) return runRehearsal(name, configure);
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWING_PERCENT}`);
  const ending = new AbortController();
  try {
    const { module, ...listen } = await configure();
    const running = await startService(module, listen);
    endWhenTold(name, running, ending);
    await running.ready;
    if (!ending.signal.aborted) process.stdout.write(`${name} is ready on ${running.url}\n`);
  } catch (error) {
    process.stderr.write(`${name}: ${startFailure(error)}\n`);
    // What an end cuts short fails, and does not cut the end short in turn.
    if (!ending.signal.aborted) process.exit(1);
  }
};

const endWhenTold = (name: string, running: RunningService, ending: AbortController): void => {
  const failed = (error: unknown): never => {
    process.stderr.write(`${name}: ${startFailure(error)}\n`);
    process.exit(1);
  };
  const end = (): void => {
    ending.abort();
    setTimeout(() => process.exit(1), END_WITHIN_MS).unref();
    running.close().then(() => process.exit(0), failed);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, end);
  if (process.argv.includes(END_WITH_PARENT)) endWithParent(end);
};

const endWithParent = (end: () => void): void => {
  process.once('disconnect', end);
  // It may have gone while the service was starting.
  if (!process.connected) end();
};
