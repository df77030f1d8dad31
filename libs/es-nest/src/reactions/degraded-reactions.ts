import type { ReactorStatus } from '@ledgerline/es-core/runtime';

/** What takes longer is worth a look. */
const SLOW_AFTER_MS = 30_000;

/** What of a reactor's work stands still, a sentence for each partition and reason; none while all is well. */
export const degradedReactions = (statuses: readonly ReactorStatus[], now: number): readonly string[] =>
  statuses.flatMap((status) => [...stopped(status), ...held(status), ...slow(status, now)]);

const stopped = ({ topic, partition, failure }: ReactorStatus): readonly string[] =>
  failure === undefined ? [] : [`the reactor on ${topic}/${partition} has stopped: ${wordsOf(failure)}`];

const held = ({ topic, partition, parked }: ReactorStatus): readonly string[] =>
  parked === 0
    ? []
    : [
        `the reactor on ${topic}/${partition} holds ${parked} of its streams: GET /parked names them; retry or discard each`,
      ];

const slow = ({ topic, partition, oldest }: ReactorStatus, now: number): readonly string[] => {
  if (!oldest || now - oldest.since < SLOW_AFTER_MS) return [];
  const { stream, type, since, failure } = oldest;
  const why = failure === undefined ? 'it is still under way' : wordsOf(failure);
  const seconds = Math.floor((now - since) / 1_000);
  return [`the reactor on ${topic}/${partition} has been dealing with ${type} in ${stream} for ${seconds} s: ${why}`];
};

const wordsOf = (failure: unknown): string => (failure instanceof Error ? failure.message : String(failure));
