import { ChainReader } from '../chain/chain-reader.js';
import type { Commit } from '../chain/chain.js';
import type { ReaderState } from '../chain/reader-state.js';
import type { DomainEvent } from '../aggregate/decision.js';
import { EsError } from '../errors.js';
import type { PartitionedLog } from '../log/partitioned-log.port.js';
import type { Platform } from '../platform.js';
import type { End, PartitionDealer } from './partition-dealer.js';
import { type Work, workIn, type WorkOptions } from './partition-work.js';
import type { HeldStream } from './parked-reactions.port.js';

export interface ReplayOptions<E extends DomainEvent> {
  readonly log: PartitionedLog;
  readonly platform: Platform;
  readonly work: WorkOptions<E>;
  readonly dealer: PartitionDealer<E>;
  /** Ordinal of the last commit of which anything was held. */
  readonly upTo: number;
}

/**
 * Deals with what was held of a stream, from the message on because of which it was, and lets the stream go on. A message that fails
 * again, or that the log cannot give any more, holds it again.
 */
export const replayHeld = async <E extends DomainEvent>(held: HeldStream, options: ReplayOptions<E>): Promise<End> => {
  const { dealer } = options;
  for (let attempt = 0; !dealer.isReleased; attempt += 1)
    try {
      const end = await replayOnce(held, options);
      if (end === 'done') await dealer.goOn(held.stream);
      return end;
    } catch (error) {
      const { stream, message, from } = held;
      if (!(error instanceof EsError) || !error.retriable) return dealer.park({ stream, ...message }, { from }, error);
      await dealer.pause(attempt);
    }
  return 'left';
};

/** @throws LogDiverged, LogUnavailable */
const replayOnce = async <E extends DomainEvent>(held: HeldStream, options: ReplayOptions<E>): Promise<End> => {
  const { log, platform, work, dealer, upTo } = options;
  const { partition } = work.place;
  let from: ReaderState = held.from;
  const reader = new ChainReader({ log, partition, platform, state: from, follow: false });
  try {
    for (let read = await reader.next(); read; read = await reader.next()) {
      for (const commit of read.commits) {
        if (commit[0].ordinal > upTo) return 'done';
        for (const one of heldIn(commit, held, work)) {
          const dealing = { from, isReplay: true, isConfirmed: one.id === held.message.id };
          const end = await dealer.begin(one, dealing)();
          if (end !== 'done') return end;
        }
      }
      from = read.state;
    }
    return 'done';
  } finally {
    await reader.close();
  }
};

const heldIn = <E extends DomainEvent>(
  commit: Commit,
  { stream, message, discarded }: HeldStream,
  work: WorkOptions<E>,
): readonly Work<E>[] =>
  commit[0].key === stream
    ? workIn(commit, work).filter(({ ordinal, id }) => ordinal >= message.ordinal && !discarded.includes(id))
    : [];
