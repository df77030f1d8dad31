import { EsError } from '@ledgerline/es-core';

/** The directory is not what a backup can be written to; nothing in it was changed. */
export class BackupRefused extends EsError {
  constructor(
    code: 'backup-foreign' | 'backup-newer' | 'backup-damaged' | 'backup-of-another-log' | 'backup-missing',
    message: string,
    options?: { cause?: unknown },
  ) {
    super(code, message, false, {}, options);
  }
}

/** The file system did not let the backup be read or written; a backup that was whole before still is. */
export class BackupDiskFailed extends EsError {
  constructor(directory: string, what: string, cause: unknown) {
    const reason = reasonOf(cause);
    super(
      'backup-disk-failed',
      `${directory}: ${what} (${reason}). What was backed up before is whole; once that is mended, run it again: it goes on where it was`,
      false,
      { directory, reason },
      { cause },
    );
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left on the device',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  ENOTDIR: 'a part of its path is a file',
  EEXIST: 'a part of its path is a file',
  EISDIR: 'there is a directory in its place',
};

const reasonOf = (cause: unknown): string => {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
  return (code && REASONS[code]) ?? code ?? String(cause);
};

/** A log that a backup is to be restored into is not empty, or was not made for it. Nothing was written. */
export class RestoreRefused extends EsError {
  constructor(code: 'log-not-empty' | 'restore-mismatch' | 'backup-unusable', message: string) {
    super(code, message, false);
  }
}
