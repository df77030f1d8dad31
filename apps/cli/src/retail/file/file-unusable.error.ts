import { EsError } from '@ledgerline/es-core';

/** The file as a whole cannot be imported; nothing of it was sent. */
export class FileUnusable extends EsError {
  constructor(path: string, reason: string, options?: { cause?: unknown }) {
    super('file-unusable', `${path}: ${reason}`, false, { path }, options);
  }
}
