import type { CommandMetadata, EventContext } from '@ledgerline/es-core';

interface InContext {
  readonly context: EventContext;
}

/**
 * The id of the command that follows from a message: the same for every repeat of it. An event's id holds an `@`, which no
 * id of a person's command may, so the two never meet.
 */
export const commandIdFor = ({ context }: InContext, commandType: string): string => `${context.id}.${commandType}`;

/** Of the command that `reactor` sends because of the message; its verdict is remembered, whatever it is. */
export const reactorMetadata = (message: InContext, commandType: string, reactor: string): CommandMetadata => ({
  commandId: commandIdFor(message, commandType),
  correlationId: message.context.correlationId,
  causationId: message.context.id,
  actor: `system:${reactor}`,
  remember: true,
  reaction: true,
});
