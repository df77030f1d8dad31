import type { Unchained } from './record-chain.js';
import type { Submission, Verdict } from './submission.js';
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
  { events = [], rejection }: Verdict,
  decision: Decision,
): Unchained[] => {
  const { stream, commandId, commandType, metadata } = submission;
  const base = unchained(submission, decision);
  if (events.length > 0)
    return events.map(({ type, data: value }, i) => {
      const version = decision.version + i + 1;
      return { ...base, id: `${stream}@${version}`, type, value, version, index: i + 1, count: events.length };
    });
  if (!metadata.remember) return [];
  const id = `${stream}@${decision.version}/${commandId}`;
  return [{ ...base, kind: 'verdict', id, type: commandType, value: verdictValue(rejection) }];
};

const unchained = ({ stream, commandId, fingerprint, metadata }: Submission, decision: Decision): Unchained => ({
  kind: 'event',
  key: stream,
  value: '',
  id: '',
  type: '',
  source: decision.source,
  time: decision.at,
  version: decision.version,
  index: 1,
  count: 1,
  commandId,
  fingerprint,
  correlationId: metadata.correlationId ?? commandId,
  causationId: metadata.causationId ?? commandId,
  actor: metadata.actor ?? 'anonymous',
  owner: decision.owner,
  traceparent: metadata.traceparent,
});
