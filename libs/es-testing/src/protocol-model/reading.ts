import type { PartitionedLog } from '@ledgerline/es-core/adapter';
import {
  beforeGenesis,
  type Commit,
  type FoldedPartition,
  type foldedTo,
  type PartitionFold,
  rejectionIn,
  Subscription,
} from '@ledgerline/es-core/runtime';
import { CLAIMED, tallyFold } from './command-input.js';

/** Waits until a machine's fold has come to a position; broken ones show that the model notices. */
export type Reaching = typeof foldedTo;

/** What a machine's fold said when something was done that follows from a record, or was to have been seen. */
export interface Reading {
  readonly machine: string;
  readonly seen: Seen;
  readonly folded: Seen;
}

/** A place in the log, and what is known of a stream there. */
export interface Seen {
  readonly ordinal: number;
  readonly stream: string;
  readonly version: number;
  /** False also where nothing says so. */
  readonly wasClaimed: boolean;
}

export interface ReadingMachine extends FoldedPartition {
  readonly name: string;
  readonly log: PartitionedLog;
  readonly logId: string;
  readonly fold: PartitionFold;
  readonly reaching: Reaching;
  readonly onReading: (reading: Reading) => void;
}

const WITHIN_MS = 10_000;

/** Acts on every record that counts, as reactors do: on a reading of the log that is not the writer's. */
export const followedBy = (machine: ReadingMachine): Subscription => {
  const { log, platform, logId } = machine;
  return new Subscription({
    ...{ log, partition: 0, platform, state: beforeGenesis(logId), onTrouble: () => undefined },
    onProgress: ({ commits }) => {
      for (const commit of commits) if (commit[0].key !== '') void read(machine, seenIn(commit));
    },
  });
};

/** What the fold says once it has to know the record, if it ever does. */
export const read = async (machine: ReadingMachine, seen: Seen): Promise<void> => {
  const { name, writer, fold, log } = machine;
  const position = { topic: log.topic, partition: 0, ordinal: seen.ordinal };
  // A machine whose log was cut off says so to whoever asks; nothing is done there any more.
  if (!(await machine.reaching(machine, position, WITHIN_MS).catch(() => false))) return;
  const { stream } = seen;
  const { wasClaimed } = fold.stateOf(stream, tallyFold);
  const folded = { ordinal: writer.state.ordinal, stream, version: fold.version(stream), wasClaimed };
  machine.onReading({ machine: name, seen, folded });
};

const seenIn = (commit: Commit): Seen => {
  const { kind, key: stream, version, ordinal, value } = commit[commit.length - 1] ?? commit[0];
  return { ordinal, stream, version, wasClaimed: kind === 'verdict' && rejectionIn(value)?.code === CLAIMED };
};
