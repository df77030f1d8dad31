import type { Rejection } from '../aggregate/decision.js';
import type { Unchained } from './record-chain.js';
import type { CommandMetadata, Submission, EncodedDecision } from './submission.js';
import { verdictValue } from './verdict.js';

/** Where and when it was decided. */
export interface Decision {
  readonly version: number;
  readonly at: string;
  readonly source: string;
  readonly owner: string | undefined;
}

/** The records of what was decided: its events, or the verdict where that has to be remembered, or none. */
export const recordsOf = (
  submission: Submission,
  { events = [], rejection }: EncodedDecision,
  decision: Decision,
): Unchained[] => {
  const { stream, commandId, commandType, metadata } = submission;
  if (events.length > 0)
    return events.map(({ type, data: value }, i) => {
      const version = decision.version + i + 1;
      const place = { id: `${stream}@${version}`, version, index: i + 1, count: events.length };
      return unchained(submission, decision, { kind: 'event', type, value, ...place });
    });
  if (!isRemembered(metadata, rejection)) return [];
  const { version } = decision;
  const place = { id: `${stream}@${version}/${commandId}`, version, index: 1, count: 1 };
  return [
    unchained(submission, decision, { kind: 'verdict', type: commandType, value: verdictValue(rejection), ...place }),
  ];
};

/**
 * The record that makes sure that a copy of the command which was handed over is never recorded: whoever appends behind it
 * has seen it, finds the hand-over by its name, and stops. To who does not look for it, it is an acceptance without events.
 */
export const withdrawalOf = (submission: Submission, handover: string, decision: Decision): Unchained => {
  const { stream, commandId, metadata } = submission;
  const correlationId = metadata.correlationId ?? commandId;
  const { version } = decision;
  return unchained(
    { ...submission, commandId: handover, metadata: { ...metadata, correlationId, causationId: commandId } },
    decision,
    {
      ...{ kind: 'verdict', id: `${stream}@${version}/${handover}`, type: 'CommandWithdrawn' },
      ...{ value: verdictValue(undefined), version, index: 1, count: 1 },
    },
  );
};

/** True when a verdict without events has to be recorded. */
export const isRemembered = ({ remember = false }: CommandMetadata, rejection?: Rejection): boolean =>
  typeof remember === 'object' ? !rejection || !remember.unless.includes(rejection.code) : remember;

type Content = Pick<Unchained, 'kind' | 'id' | 'type' | 'value' | 'version' | 'index' | 'count'>;

/** Field by field: this is the hot path, and copying twenty fields is its slowest part. */
const unchained = (
  { stream, commandId, fingerprint, metadata }: Submission,
  { source, at, owner }: Decision,
  { kind, id, type, value, version, index, count }: Content,
): Unchained => ({
  kind,
  key: stream,
  value,
  id,
  type,
  source,
  time: at,
  version,
  index,
  count,
  commandId,
  fingerprint,
  correlationId: metadata.correlationId ?? commandId,
  causationId: metadata.causationId ?? commandId,
  actor: metadata.actor ?? 'anonymous',
  owner,
  traceparent: metadata.traceparent,
});
