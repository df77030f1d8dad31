import type { Platform } from '@ledgerline/es-core';
import type { LogRecord } from '@ledgerline/es-core/adapter';
import { type Restoration, restorationNote, restorationOf } from '@ledgerline/es-core/runtime';
import { RestoreRefused } from '../format/backup.errors.js';
import type { TopicEntry } from '../format/manifest.js';
import type { BackupDisk } from '../storage/backup-disk.port.js';
import { recordsOf } from './segment-records.js';
import type { RestoreTarget } from './restore-target.js';
import { withPatience } from './with-patience.js';

/**
 * Makes the log this restore's: genesis and the note that it has begun go to the beginning of partition 0 together, so there is no
 * instant at which somebody could take the log for an empty or for a whole one.
 * @throws RestoreRefused when somebody else was first
 */
export const claim = async (
  { entry, log, state, restoration }: RestoreTarget,
  { disk, platform }: { readonly disk: BackupDisk; readonly platform: Platform },
): Promise<Restoration> => {
  if (state !== 'empty') return restoration;
  const batch = [await genesisOf(entry, disk), restorationNote(restoration)];
  await withPatience(platform, async () => {
    // The answer to an earlier try may have been lost.
    if (!(await restorationOf(log))) await log.append(0, batch);
  });
  if ((await restorationOf(log))?.incarnation === restoration.incarnation) return restoration;
  throw new RestoreRefused(
    'log-not-empty',
    `somebody else began to write ${entry.topic} at the same time: stop the services, delete the topic, and run it again`,
  );
};

const genesisOf = async ({ topic, partitions }: TopicEntry, disk: BackupDisk): Promise<LogRecord> => {
  for await (const { record } of recordsOf(disk, partitions[0]?.segments ?? [], 0)) return record;
  throw new Error(`the backup of ${topic} has no genesis`);
};
