import type { CommandMetadata } from '@ledgerline/es-core';
import type { CommandLine } from './command-line.js';
import { type VerdictLine, verdictOf } from './verdict-line.js';

/** Submitted before anything is awaited: calls of one turn are decided in their order. */
export const handleCommandLine = async (
  { id, instance, command, handle, conversation }: CommandLine,
  metadata: Omit<CommandMetadata, 'commandId'>,
): Promise<VerdictLine> =>
  verdictOf(id, await handle(instance, command, { ...metadata, ...conversation, commandId: id }));
