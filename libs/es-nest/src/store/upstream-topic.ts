import { type EsError, LogUnavailable } from '@ledgerline/es-core';
import type { PartitionedLog, Storage } from '@ledgerline/es-core/adapter';
import { verifyChain } from '@ledgerline/es-core/runtime';
import { factsOf, type Log } from '../logging/log.js';
import { untilAvailable } from './until-available.js';

export interface UpstreamTopicOptions {
  readonly topic: string;
  readonly storage: Storage;
  readonly log: Log;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
  /** Called with why the topic is awaited, whenever that changes. */
  readonly onAwaited?: (reason: EsError) => void;
}

export interface UpstreamTopic {
  readonly log: PartitionedLog;
  readonly logId: string;
}

/**
 * A topic that another service writes, as soon as that service has made it and it is as it has to be; undefined when the
 * signal came first. What is wrong with it meanwhile is logged whenever it changes: only its owner can mend it.
 */
export const openUpstreamTopic = (options: UpstreamTopicOptions): Promise<UpstreamTopic | undefined> => {
  const { topic, storage, log, signal, onAwaited } = options;
  const report = (error: EsError): void => {
    log[error instanceof LogUnavailable ? 'info' : 'warn']('topic-awaited', { topic, ...factsOf(error) });
    onAwaited?.(error);
  };
  return untilAvailable({ platform: storage.platform, report, signal, othersMend: true }, () => openOnce(options));
};

const openOnce = async ({ topic, storage }: UpstreamTopicOptions): Promise<UpstreamTopic> => {
  const log = await storage.openLog(topic, { role: 'reader' });
  try {
    return { log, logId: await verifyChain(log, storage.platform) };
  } catch (error) {
    await log.close();
    throw error;
  }
};
