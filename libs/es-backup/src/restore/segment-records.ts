import type { LogRecord } from '@ledgerline/es-core/adapter';
import { reading } from '../format/files.js';
import type { SegmentEntry } from '../format/manifest.js';
import { recordsIn } from '../format/segment.js';
import type { BackupDisk } from '../storage/backup-disk.port.js';

/** The records behind this ordinal, in order; the text of one file at a time is in memory. */
export async function* recordsOf(
  disk: BackupDisk,
  segments: readonly SegmentEntry[],
  behind: number,
): AsyncGenerator<{ readonly record: LogRecord; readonly ordinal: number }> {
  for (const { file, first, last } of segments) {
    if (last <= behind) continue;
    let ordinal = first;
    for await (const record of recordsIn(await reading(disk, () => disk.read(file)))) {
      if (ordinal > behind) yield { record, ordinal };
      ordinal += 1;
    }
  }
}

/** `2/2`: the last record of its commit. */
export const closesCommit = ({ headers }: LogRecord): boolean => {
  const [index, count] = (headers['commit'] ?? '').split('/');
  return index === count;
};
