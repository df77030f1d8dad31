import type { Platform } from '@ledgerline/es-core';

/**
 * An id for `what` that is a pure function of a command's id, so that a repeat of the command reaches the same stream. Of
 * the characters that ids may have, and long enough that no two ever meet.
 */
export const derivedId = (platform: Platform, what: string, commandId: string): string =>
  platform.sha256(`${what}\n${commandId}`).replaceAll(/[-_]/g, '').slice(0, 24);
