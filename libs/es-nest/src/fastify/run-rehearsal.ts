import { rehearseServiceTopic } from '../rehearsal/rehearsed-service.js';
import type { ServiceToRun } from './service-to-run.js';
import { startFailure } from './start-failure.js';
import { makeApplication } from './start-service.js';

/** An argument by which a service's process replays the log instead of starting. */
export const REHEARSE = '--rehearse';

/**
 * The whole life of a process that rehearses: what was found is one JSON object on standard output. What keeps it from
 * looking is one line on standard error, and exit code 1.
 */
export const runRehearsal = async (name: string, configure: () => Promise<ServiceToRun>): Promise<void> => {
  try {
    const { module, rehearse = rehearseServiceTopic } = await configure();
    const found = await rehearse(await makeApplication(module));
    // Connections to brokers may be open still; nothing is under way on them.
    process.stdout.write(`${JSON.stringify(found)}\n`, () => process.exit(0));
  } catch (error) {
    process.stderr.write(`${name}: ${startFailure(error)}\n`, () => process.exit(1));
  }
};
