import { reject } from '../aggregate/decision.js';
import type { WriteBehindIndex } from '../stream-index/write-behind-index.js';
import type { CommandResult } from '../stream-index/stream-index.port.js';
import type { DecisionResult } from './submission.js';

/** The first answer to a command again, from what the log holds of it. */
export const recordedOutcome = (
  tail: Pick<WriteBehindIndex, 'events'>,
  { stream, version, events, ordinal, rejection: code, reason }: CommandResult,
): DecisionResult => {
  if (code !== undefined)
    return { status: 'rejected', repeated: true, version, ordinal, rejection: reject(code, reason).rejection };
  const recorded = events === 0 ? [] : [...tail.events(stream, version - events + 1, version)];
  return { status: 'accepted', repeated: true, version, ordinal, events: recorded };
};
