import type { StoredRecord } from '../log/partitioned-log.port.js';
import type { Platform } from '../platform.js';
import { BEFORE_GENESIS, type Envelope, hashOf, toEnvelope } from './envelope.js';
import type { ReaderState } from './reader-state.js';

/** A record that counts, with its place. */
export interface Counted extends Envelope {
  readonly hash: string;
  readonly ordinal: number;
  readonly offset: number;
}

/** All records of one command, together or not at all. */
export type Commit = readonly [Counted, ...Counted[]];

/** Where a chain begins: nothing was read, and genesis has to carry `logId`. */
export const beforeGenesis = (logId: string): ReaderState => ({
  logId,
  ordinal: 0,
  head: BEFORE_GENESIS,
  headOffset: -1,
  time: '',
});

/** The state of a reader that has taken all up to the commit. */
export const stateBehind = (commit: Commit, logId: string): ReaderState => {
  const { ordinal, hash: head, offset: headOffset, time } = commit[commit.length - 1] ?? commit[0];
  return { logId, ordinal, head, headOffset, time };
};

/**
 * The reader's rule, for one partition: a record counts only if it names the last record that counted before it. All else
 * is noise (lost races, late copies, torn batches, foreign records), and every reader skips the same noise.
 */
export class Chain {
  #state: ReaderState;
  #open: Counted[] = [];
  #noiseTo: number;
  /** Records refused since this chain was made, each once, however often it is read. */
  refused = 0;
  /** Records refused since the last one that counted. */
  refusedInARow = 0;

  constructor(
    private readonly platform: Platform,
    state: ReaderState,
    /** Noise before this offset was counted by somebody else. */
    noiseTo = 0,
  ) {
    this.#state = state;
    this.#noiseTo = noiseTo;
  }

  /** After the last commit that was closed. */
  get state(): ReaderState {
    return this.#state;
  }

  /** Takes the next record in offset order; answers the commit that it closes, if it closes one. */
  take(record: StoredRecord): Commit | undefined {
    const envelope = toEnvelope(record);
    if (!envelope || !this.#follows(envelope)) return this.#refuse(record);
    this.refusedInARow = 0;
    const hash = hashOf(this.platform, envelope);
    const ordinal = this.#state.ordinal + this.#open.length + 1;
    // The envelope is nobody else's: copying twenty fields would cost more than all the rest.
    this.#open.push(Object.assign(envelope, { hash, ordinal, offset: record.offset }));
    return envelope.index === envelope.count ? this.#close() : undefined;
  }

  /** Forgets an open commit: the next record is read as after the last closed one. */
  reset(state: ReaderState = this.#state): void {
    this.#state = state;
    this.#open = [];
  }

  #refuse({ offset, unreadable: count = 1 }: StoredRecord): undefined {
    const end = offset + count;
    this.refusedInARow += count;
    this.refused += Math.max(0, end - Math.max(offset, this.#noiseTo));
    this.#noiseTo = Math.max(this.#noiseTo, end);
  }

  #follows(e: Envelope): boolean {
    const last = this.#open.at(-1);
    if (last && e.prev === last.hash && continues(last, e)) return true;
    if (e.prev !== this.#state.head || e.index !== 1 || !this.#fits(e)) return false;
    this.#open = [];
    return true;
  }

  #fits(e: Envelope): boolean {
    if (this.#state.ordinal > 0) return e.kind !== 'genesis';
    return e.kind === 'genesis' && logIdOf(e.value) === this.#state.logId;
  }

  #close(): Commit {
    const commit = this.#open as unknown as Commit;
    this.#open = [];
    this.#state = stateBehind(commit, this.#state.logId);
    return commit;
  }
}

const continues = (last: Counted, e: Envelope): boolean =>
  e.index === last.index + 1 && e.count === last.count && e.commandId === last.commandId && e.key === last.key;

/** The logId in a genesis record's value, or undefined when it is not one. */
export const logIdOf = (value: string): string | undefined => {
  try {
    const parsed = JSON.parse(value) as { logId?: unknown } | null;
    return typeof parsed?.logId === 'string' ? parsed.logId : undefined;
  } catch {
    return undefined; // Somebody else's record: it never counts, which is all there is to say about it.
  }
};
