import { RestoreRefused } from '../format/backup.errors.js';
import type { Manifest } from '../format/manifest.js';
import type { BackupDisk } from '../storage/backup-disk.port.js';
import type { BackupVerdict } from './verify-backup.js';

/** The manifest of a backup with which nothing is wrong. @throws RestoreRefused */
export const requireSound = (disk: BackupDisk, { manifest, problems }: BackupVerdict): Manifest => {
  const [first] = problems;
  if (manifest && !first) return manifest;
  const more = problems.length > 1 ? `, and ${problems.length - 1} more problems` : '';
  throw new RestoreRefused(
    'backup-unusable',
    `the backup in ${disk.name} is not sound, and nothing was done with it: ${first?.file}: ${first?.message}${more}; see \`es verify-backup\``,
  );
};
