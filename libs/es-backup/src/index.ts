export { type Consumer, type ConsumerAhead, consumersAhead } from './accept/consumers-ahead.js';
export { indexConsumer, type IndexOfService, reactorsConsumer, readModelConsumers } from './accept/consumers.js';
export { backUp, type BackupOptions, type BackupProgress, type BackupResult } from './backup/back-up.js';
export { BackupDiskFailed, BackupRefused, RestoreRefused } from './format/backup.errors.js';
export {
  bytesOfManifest,
  FORMAT,
  type Manifest,
  MANIFEST,
  type PartitionEntry,
  readManifest,
  type SegmentEntry,
  stateBehind,
  type TopicEntry,
  UNFINISHED,
  VERSION,
} from './format/manifest.js';
export { continuationProblems, type SoundBackup } from './repartition/continuation.js';
export { repartition, type RepartitionOptions } from './repartition/repartition.js';
export { restore, type RestoreOptions, type RestoreProgress, type RestoreResult } from './restore/restore.js';
export { type BackupDisk } from './storage/backup-disk.port.js';
export { nodeDisk } from './storage/node-disk.js';
export { type BackupProblem } from './verify/fold-segments.js';
export { requireSound } from './verify/require-sound.js';
export { type BackupVerdict, verifyBackup, type VerifyBackupOptions } from './verify/verify-backup.js';
