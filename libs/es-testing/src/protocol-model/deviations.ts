import { AppendRefused, type LogRecord } from '@ledgerline/es-core/adapter';
import {
  AppendReconciler,
  type Batch,
  type Commit,
  type Settled,
  toEnvelope,
  toRecord,
} from '@ledgerline/es-core/runtime';
import type { Deviation } from './machine.js';

/** Believes that a batch lies where it should, whatever the log answered. */
class AcknowledgesByPrediction extends AppendReconciler {
  protected override async append(batch: Batch, from: number): Promise<'all' | AppendRefused | 'unknown'> {
    const expected = this.nextOffset;
    const answer = await super.append(batch, from);
    if (answer !== 'unknown' || expected === undefined || from > 0) return answer;
    for (const commit of batch.counted(expected)) this.take(commit);
    this.nextOffset = expected + batch.records(0).length;
    return 'all';
  }
}

/** Goes on at the log's end after a failure, without reading what lies before it. */
class NeverResyncs extends AppendReconciler {
  #started = false;

  override async resync(hashes?: ReadonlySet<string>): Promise<ReadonlySet<string>> {
    if (!this.#started) {
      this.#started = true;
      return super.resync(hashes);
    }
    return this.#jump();
  }

  async #jump(): Promise<ReadonlySet<string>> {
    try {
      this.nextOffset = (await this.options.log.bounds(this.options.partition)).end;
    } catch {
      this.nextOffset = undefined; // Broken on purpose.
    }
    return new Set();
  }
}

/** Takes an unknown outcome for a failure: the batch is called dead at once, and refused for good to whoever asked. */
class CallsUnknownDead extends AppendReconciler {
  override async settle(batch: Batch): Promise<Settled> {
    const answer = await this.append(batch, 0);
    if (answer === 'all') return { counted: batch.commits.length };
    await this.resync();
    return { counted: 0, refusal: answer instanceof AppendRefused ? answer : new AppendRefused('no answer') };
  }
}

/** Sends its decision again behind whatever came in, instead of the same bytes: a new `prev`, and so a record that can count again. */
class NewBytesOnRetry extends AppendReconciler {
  override async settle(batch: Batch): Promise<Settled> {
    let current: readonly LogRecord[] = batch.records(0);
    for (let attempt = 0; ; attempt += 1) {
      if (attempt > 0) await this.backOff(attempt);
      const sent = current;
      const answer = await this.append(
        { ...batch, records: () => sent, counted: (o) => batch.counted(o) },
        attempt === 0 ? 0 : 1,
      );
      if (answer === 'all') return { counted: batch.commits.length };
      const before = this.state.head;
      await this.resync();
      if (this.state.head !== before && attempt > 2) return { counted: batch.commits.length };
      current = this.#rebased(current);
    }
  }

  #rebased(records: readonly LogRecord[]): readonly LogRecord[] {
    const [first, ...rest] = records;
    const envelope = first && toEnvelope(first);
    return envelope ? [toRecord({ ...envelope, prev: this.state.head }), ...rest] : records;
  }
}

/** Loses the last record of a command that has several. */
class DropsOneRecord extends AppendReconciler {
  protected override async append(batch: Batch, from: number): Promise<'all' | AppendRefused | 'unknown'> {
    const records = batch.records(from);
    const short = records.length > 1 ? records.slice(0, -1) : records;
    const { nextOffset } = this;
    const answer = await super.append(
      { ...batch, records: () => short, counted: (offset) => batch.counted(offset) },
      from,
    );
    if (answer === 'all' && nextOffset !== undefined) this.nextOffset = nextOffset + short.length;
    return answer;
  }
}

/** Goes on behind the last offset it knew, and does not look whether its head is still there. */
class SkipsContinuity extends AppendReconciler {
  #known = -1;

  protected override take(commit: Commit): void {
    this.#known = commit[commit.length - 1]?.offset ?? this.#known;
    super.take(commit);
  }

  protected override async readToEnd(onHead: (head: string) => void): Promise<void> {
    const { log, partition } = this.options;
    if (this.#known < 0) return super.readToEnd(onHead);
    const { end } = await log.bounds(partition);
    if (end > this.#known + 1) return super.readToEnd(onHead);
    this.nextOffset = end;
  }
}

/** Tells the caller "refused" without making sure that no earlier copy of the batch can still count. */
class RefusesWithoutBarrier extends AppendReconciler {
  override async settle(batch: Batch): Promise<Settled> {
    for (let attempt = 0; ; attempt += 1) {
      if (attempt > 0) await this.backOff(attempt);
      const answer = await this.append(batch, 0);
      if (answer === 'all') return { counted: batch.commits.length };
      if (answer instanceof AppendRefused) return { counted: 0, refusal: answer };
      const found = await this.resync(new Set(batch.commits.map(({ hash }) => hash)));
      const counted = batch.commits.filter(({ hash }) => found.has(hash)).length;
      if (counted > 0 || batch.commits[0]?.prev !== this.state.head) return { counted };
    }
  }
}

/** Machines with one rule left out each. The model has to notice every one of them. */
export const DEVIATIONS: Readonly<Record<string, Deviation>> = {
  'acknowledges by a predicted offset': { settling: (...given) => new AcknowledgesByPrediction(...given) },
  'never resyncs': { settling: (...given) => new NeverResyncs(...given) },
  'calls an unknown outcome dead': { settling: (...given) => new CallsUnknownDead(...given) },
  'sends new bytes on a retry': { settling: (...given) => new NewBytesOnRetry(...given) },
  'drops one record of a commit': { settling: (...given) => new DropsOneRecord(...given) },
  'does not check continuity': { settling: (...given) => new SkipsContinuity(...given) },
  'refuses without a barrier': { settling: (...given) => new RefusesWithoutBarrier(...given) },
  'decides what it handed over without withdrawing it': { withdraws: false },
  'acts on what is folded already': { reaching: () => Promise.resolve(true) },
  'waits for the batch under way only': {
    reaching: async ({ writer }) => {
      await writer.catchUp(0);
      return true;
    },
  },
};
