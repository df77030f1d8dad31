import { join } from 'node:path';
import { LogMisconfigured, TopicMissing } from '@ledgerline/es-core';
import type { PartitionedLog } from '@ledgerline/es-core/adapter';
import { makeDirectory, requireNoObstacle } from '../storage/data-dir.js';
import { environmentExists, mayWriteData } from '../storage/data-file.js';
import { closingOnFailure, type Format, openEnvironment, putFormat, readFormat } from '../storage/environment.js';
import { bellExists, BellListener, BellRinger } from './bell.js';
import { EmbeddedLog } from './embedded-log.js';
import { untilItExists } from './until-it-exists.js';
import { WakeUp } from './wake-up.js';

export interface EmbeddedLogOptions {
  /** The data directory; the log lies in `log/<topic>` inside it. */
  readonly directory: string;
  readonly topic: string;
  /** How many partitions a new topic gets. One that exists keeps its own number. */
  readonly partitions: number;
  /** One process at a time opens a topic as its writer; any number may read. */
  readonly role: 'writer' | 'reader';
  /** The largest batch that `append` takes. 4 MiB unless said otherwise. */
  readonly maxBatchBytes?: number;
  /** How long a reader waits for a writer to make the topic. 0: not at all. */
  readonly waitMs?: number;
  /** How often a reader looks without having been told that there is more. 1000 unless said otherwise; 0: never. */
  readonly pollMs?: number;
}

const MAX_BATCH_BYTES = 4 * 1024 * 1024;
const POLL_MS = 1000;
const FORMAT = 'ledgerline-log';
const FORMAT_VERSION = 1;
const REMEDY = 'stop everything that uses it, and restore the directory from a backup';

/**
 * Opens the topic, making it when the role is `writer` and there is none. What `append` has acknowledged is on disk, and
 * is seen by every process that has the topic open within milliseconds.
 * @throws TopicMissing when a reader finds no topic within `waitMs`.
 * @throws EnvironmentDamaged when what lies in the directory is damaged or something else.
 * @throws DataDirUnusable when the directory cannot be made or used.
 */
export const openEmbeddedLog = async (options: EmbeddedLogOptions): Promise<PartitionedLog> => {
  const directory = join(options.directory, 'log', options.topic);
  return options.role === 'writer' ? await openWriter(directory, options) : await openReader(directory, options);
};

const openWriter = async (directory: string, options: EmbeddedLogOptions): Promise<PartitionedLog> => {
  makeDirectory(directory);
  const place = { directory, durable: true, remedy: REMEDY };
  const environment = openEnvironment(place);
  return await closingOnFailure(environment, async () => {
    if (!readFormat(environment, place)) await putFormat(environment, formatOf(options));
    const settings = settingsOf(readFormat(environment, place), options);
    return new EmbeddedLog({ ...settings, environment, wakeUp: new WakeUp(), ringer: new BellRinger(directory) });
  });
};

const openReader = async (directory: string, options: EmbeddedLogOptions): Promise<PartitionedLog> => {
  const exists = (): boolean => environmentExists(directory) && bellExists(directory);
  if (!(await untilItExists(exists, options.waitMs ?? 0))) {
    requireNoObstacle(options.directory);
    throw new TopicMissing(options.topic, { directory });
  }
  // LMDB has one environment for all that a process opens of one file: made by a reader for reading only, it would keep the writer out.
  const place = { directory, durable: true, readOnly: !mayWriteData(directory), remedy: REMEDY };
  const environment = openEnvironment(place);
  return await closingOnFailure(environment, async () => {
    const settings = settingsOf(readFormat(environment, place), options);
    const wakeUp = new WakeUp();
    const listener = new BellListener(directory, options.pollMs ?? POLL_MS, () => wakeUp.ring());
    return await Promise.resolve(new EmbeddedLog({ ...settings, environment, wakeUp, listener }));
  });
};

const formatOf = ({ topic, partitions }: EmbeddedLogOptions): Format => ({
  format: FORMAT,
  version: FORMAT_VERSION,
  topic,
  partitions,
});

const settingsOf = (stored: Format | undefined, options: EmbeddedLogOptions) => {
  const { topic, maxBatchBytes = MAX_BATCH_BYTES } = options;
  if (stored?.['format'] !== FORMAT || stored['version'] !== FORMAT_VERSION || stored['topic'] !== topic)
    throw new LogMisconfigured(topic, [`its environment says ${JSON.stringify(stored)}; ${REMEDY}`]);
  return { topic, partitions: Number(stored['partitions']), maxBatchBytes };
};
