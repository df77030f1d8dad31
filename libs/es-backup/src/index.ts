export * from './backup/back-up.js';
export * from './format/backup.errors.js';
export * from './format/manifest.js';
export * from './restore/restore.js';
export * from './storage/backup-disk.port.js';
export * from './storage/node-disk.js';
export * from './verify/verify-backup.js';
