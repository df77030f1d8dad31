import type { CommandMetadata, EventContext } from '@ledgerline/es-core';

interface InContext {
  readonly context: EventContext;
}

/**
 * Of a command that follows from the message: what a reactor gives to those that it answers (`send`), for one whose answer is needed.
 * Its id is the same for every repeat of the message; it holds an `@`, which no id of a person's command may, so the two never meet.
 * What becomes of it is remembered.
 */
export const reactionMetadata = (
  { context }: InContext,
  commandType: string,
  reactor: string,
): CommandMetadata & { readonly commandId: string } => ({
  commandId: `${context.id}.${commandType}`,
  correlationId: context.correlationId,
  causationId: context.id,
  actor: `system:${reactor}`,
  remember: true,
  reaction: true,
});
