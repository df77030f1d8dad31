import { EsError } from '@ledgerline/es-core';

const REASONS: Readonly<Record<string, string>> = {
  EEXIST: 'is a file',
  ENOTDIR: 'is a file, or lies in one',
  EACCES: 'may not be used by this user',
  EPERM: 'may not be used by this user',
  EROFS: 'is on a read-only file system',
};

/** The data directory, or something in it, cannot be made, read or written. Nothing was changed. */
export class DataDirUnusable extends EsError {
  constructor(path: string, reason: string, options?: { cause?: unknown }) {
    super(
      'data-dir-unusable',
      `the data directory must be one that can be made, read and written: ${path} ${REASONS[reason] ?? `cannot (${reason})`}`,
      false,
      { path, reason },
      options,
    );
  }
}
