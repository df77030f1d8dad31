import type { Platform } from '@ledgerline/es-core';
import type { LogRecord, ReaderState } from '@ledgerline/es-core/adapter';
import { beforeGenesis, hashOf, toEnvelope } from '@ledgerline/es-core/runtime';

/** One partition of the new log: the same records, each naming the one that comes before it there. */
export class RebasedPartition {
  state: ReaderState;

  constructor(
    private readonly platform: Platform,
    logId: string,
    readonly partition: number,
  ) {
    this.state = beforeGenesis(logId);
  }

  /** The records of a commit as they are in the new log, which ends with them now. */
  take(records: readonly LogRecord[]): readonly LogRecord[] {
    return records.map((record) => {
      const rebased = { ...record, headers: { ...record.headers, prev: this.state.head } };
      const envelope = toEnvelope(rebased);
      if (!envelope) throw new Error('a record of a backup that was verified has no envelope');
      const ordinal = this.state.ordinal + 1;
      const head = hashOf(this.platform, envelope);
      // Where it will lie in a log that holds nothing else.
      this.state = { ...this.state, ordinal, head, headOffset: ordinal - 1, time: envelope.time };
      return rebased;
    });
  }
}
