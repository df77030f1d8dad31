import { AppendForbidden, type Facts, LogUnavailable } from '@ledgerline/es-core';
import { AppendRefused } from '@ledgerline/es-core/adapter';
import { errorName } from './kafkajs-internals.js';

export const OFFSET_OUT_OF_RANGE = 1;
export const UNKNOWN_TOPIC_OR_PARTITION = 3;
export const INVALID_TOPIC = 17;
export const TOPIC_AUTHORIZATION_FAILED = 29;

/** Error codes after which the same batch would be refused for ever, and of which it is certain that nothing was stored. */
const REFUSALS: ReadonlyMap<number, string> = new Map([
  [10, 'it is larger than the topic allows'],
  [INVALID_TOPIC, 'the topic has no valid name'],
  [18, 'it is larger than a segment of the topic'],
  [21, 'the broker does not take an acknowledgement by all replicas'],
  [32, 'the topic takes no records of this time'],
  [43, 'the topic has a format of records that is too old'],
  [44, 'a policy of the cluster is against it'],
  [76, 'the topic takes no records without compression'],
  [87, 'the broker finds its records invalid'],
]);

/** The same, for lack of a right. */
const MISSING_RIGHTS: ReadonlyMap<number, string> = new Map([
  [TOPIC_AUTHORIZATION_FAILED, 'this principal may not write the topic: grant it Write on the topic'],
  [31, 'this principal may not write in this cluster: grant it Write on the topic'],
]);

/** What an error code in the answer to an append means. */
export const appendFailure = (code: number, facts: Facts): AppendRefused | LogUnavailable => {
  const named = { ...facts, kafka: errorName(code) };
  const missing = MISSING_RIGHTS.get(code);
  if (missing !== undefined) return new AppendForbidden(missing, named);
  const refusal = REFUSALS.get(code);
  return refusal === undefined
    ? new LogUnavailable(`the broker answered ${errorName(code)}`, named)
    : new AppendRefused(refusal, named);
};

export const readFailure = (code: number, facts: Facts): LogUnavailable =>
  new LogUnavailable(`the broker answered ${errorName(code)}`, { ...facts, kafka: errorName(code) });
