import type { LogRecord, ReaderState } from '@ledgerline/es-core/adapter';
import { segmentFile, writeFile } from '../format/files.js';
import type { PartitionEntry, SegmentEntry } from '../format/manifest.js';
import { lineOf, pack, sha256Of } from '../format/segment.js';
import type { BackupDisk } from '../storage/backup-disk.port.js';

export interface SegmentWriterOptions {
  readonly disk: BackupDisk;
  readonly topic: string;
  readonly partition: number;
  /** So much text is one file. */
  readonly segmentBytes: number;
}

/** Writes a partition's records into files, one behind the other. */
export class SegmentWriter {
  #segments: readonly SegmentEntry[];
  #lines: string[] = [];
  #rawBytes = 0;

  constructor(
    private readonly options: SegmentWriterOptions,
    /** Files that are there already. */
    segments: readonly SegmentEntry[] = [],
  ) {
    this.#segments = segments;
  }

  get isEmpty(): boolean {
    return this.#lines.length === 0;
  }

  get isFull(): boolean {
    return this.#rawBytes >= this.options.segmentBytes;
  }

  add(records: readonly LogRecord[]): void {
    for (const record of records) {
      const line = lineOf(record);
      this.#lines.push(line);
      this.#rawBytes += Buffer.byteLength(line);
    }
  }

  /** Writes what was added since the last time; `state` is the reader's behind it. Answers all of the partition. */
  async flush({ ordinal: last, head, headOffset, time }: ReaderState): Promise<PartitionEntry> {
    const { disk, topic, partition } = this.options;
    const first = (this.#segments.at(-1)?.last ?? 0) + 1;
    const file = segmentFile(topic, partition, first, last);
    const bytes = await pack(this.#lines.join(''));
    await writeFile(disk, file, bytes);
    const segment: SegmentEntry = {
      ...{ file, first, last, head, time, headOffset },
      ...{ bytes: bytes.length, rawBytes: this.#rawBytes, sha256: sha256Of(bytes) },
    };
    this.#segments = [...this.#segments, segment];
    this.#lines = [];
    this.#rawBytes = 0;
    return { partition, ordinal: last, head, time, segments: [...this.#segments] };
  }
}
