import type { CommandMetadata } from '@ledgerline/es-core';
import type { CommandLine } from './command-line.js';
import type { PublicCommands } from './public-commands.js';
import { type VerdictLine, verdictOf } from './verdict-line.js';

/** Submitted before anything is awaited: calls of one turn are decided in their order. */
export const handleCommandLine = async (
  { id, instance, data, command, conversation }: CommandLine,
  metadata: Omit<CommandMetadata, 'commandId'>,
  { retriable }: PublicCommands,
): Promise<VerdictLine> =>
  verdictOf(id, await command.handle(instance, data, { ...metadata, ...conversation, commandId: id }), retriable);
