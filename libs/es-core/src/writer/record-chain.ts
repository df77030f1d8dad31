import type { Commit, Counted } from '../chain/chain.js';
import { type Envelope, hashOf, recordBytes, toRecord } from '../chain/envelope.js';
import { rawEventOf } from '../chain/raw-event.js';
import type { ReaderState } from '../chain/reader-state.js';
import type { RawEvent } from '../stream-index/stream-index.port.js';
import type { LogRecord } from '../log/partitioned-log.port.js';
import type { Platform } from '../platform.js';

/** A record before it has its place in the chain. */
export type Unchained = Omit<Envelope, 'prev'>;

/** One command's records, made but not yet settled. */
export interface DraftCommit {
  readonly prev: string;
  readonly hash: string;
  readonly records: readonly LogRecord[];
  readonly bytes: number;
  readonly events: readonly RawEvent[];
  /** Ordinal of the last record, if it counts. */
  readonly ordinal: number;
  /** The commit as it counts, once the offset of its first record is known. */
  counted(firstOffset: number): Commit;
}

type Placed = { -readonly [Field in keyof Counted]: Counted[Field] };

/** Chains records behind a head, each naming the one before it. What it makes counts only if all of it before counts. */
export class RecordChain {
  #head: string;
  #ordinal: number;

  constructor(
    private readonly platform: Platform,
    { head, ordinal }: ReaderState,
  ) {
    this.#head = head;
    this.#ordinal = ordinal;
  }

  get ordinal(): number {
    return this.#ordinal;
  }

  /** The command's records behind the present head; the head stays until they are `push`ed. At least one. */
  make(unchained: readonly Unchained[]): DraftCommit {
    const prev = this.#head;
    const placed: Placed[] = [];
    let head = prev;
    for (const record of unchained) {
      const next = place(record, head, this.#ordinal + placed.length + 1);
      head = next.hash = hashOf(this.platform, next);
      placed.push(next);
    }
    const records = placed.map(toRecord);
    return {
      prev,
      hash: head,
      records,
      bytes: records.reduce((sum, record) => sum + recordBytes(this.platform, record), 0),
      events: placed.filter(({ kind }) => kind === 'event').map(rawEventOf),
      ordinal: this.#ordinal + placed.length,
      counted: (firstOffset) => {
        placed.forEach((one, i) => (one.offset = firstOffset + i));
        return placed as unknown as Commit;
      },
    };
  }

  push({ hash, ordinal }: DraftCommit): void {
    this.#head = hash;
    this.#ordinal = ordinal;
  }
}

/** Field by field: this is the hot path, and spreading twenty fields is its slowest part. */
const place = (e: Unchained, prev: string, ordinal: number): Placed => ({
  kind: e.kind,
  key: e.key,
  value: e.value,
  id: e.id,
  type: e.type,
  source: e.source,
  time: e.time,
  version: e.version,
  index: e.index,
  count: e.count,
  prev,
  commandId: e.commandId,
  fingerprint: e.fingerprint,
  correlationId: e.correlationId,
  causationId: e.causationId,
  actor: e.actor,
  owner: e.owner,
  traceparent: e.traceparent,
  hash: '',
  ordinal,
  offset: -1,
});
