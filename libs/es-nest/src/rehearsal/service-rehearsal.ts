import type { TopicRehearsal } from '@ledgerline/es-core/rehearsal';
import type { ServiceToRun } from '../fastify/run-service.js';
import { rehearseServiceTopic } from './rehearsed-service.js';
import { startFailure } from '../fastify/start-failure.js';
import { makeApplication } from '../fastify/start-service.js';

/** A document that this code would make another one of, or would not make at all. */
export interface ChangedDocument {
  readonly id: string;
  readonly problem: string;
  readonly fields?: readonly string[] | undefined;
}

/** What a read model comes to when the log is folded by this code, beside the documents that answer now. */
export interface ReadModelRehearsal {
  readonly name: string;
  /** Of this code, and of the documents that answer; absent where none do. */
  readonly revision: number;
  readonly liveRevision?: number | undefined;
  readonly checked: number;
  readonly changedCount: number;
  /** The first 1,000. */
  readonly changed: readonly ChangedDocument[];
  /** Why the log could not be folded. */
  readonly failure?: string | undefined;
}

/** What a service found in a rehearsal. */
export interface ServiceRehearsal {
  readonly topics: readonly TopicRehearsal[];
  readonly readModels: readonly ReadModelRehearsal[];
}

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
