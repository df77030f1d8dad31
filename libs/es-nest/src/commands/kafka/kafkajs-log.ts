import type { LogEntry } from 'kafkajs';
import type { Log, LogFacts } from '../../logging/log.js';

/** What of kafkajs's facts is neither payload nor secret. */
const KNOWN = ['topic', 'partition', 'groupId', 'memberId', 'broker', 'error', 'retryCount', 'retryTime'];

/** kafkajs's own messages, for whoever debugs: what matters of them comes as errors. */
export const kafkajsLog =
  (log: Log) =>
  () =>
  ({ namespace, label, log: { message, ...facts } }: LogEntry): void =>
    log.debug('kafkajs', { namespace, label, message, ...plain(facts) });

const plain = (facts: Readonly<Record<string, unknown>>): LogFacts =>
  Object.fromEntries(
    Object.entries(facts).filter(([name, value]) => KNOWN.includes(name) && /^(string|number)$/.test(typeof value)),
  );
