import { type CommandMetadata, type Recorded, streamId, type Wish } from '@ledgerline/es-core';
import { RETURN, type ReturnAccepted } from '@ledgerline/events';
import type { AcceptReturn } from '../order/order.commands.js';
import type { RegisterReturn } from './return.commands.js';

/** The wish for a return of an order, and the id that it came under. */
export type ReturnOfOrder = Omit<Wish<AcceptReturn>, 'type'>;

/**
 * What is asked of the order first. The id on the order's stream holds an `@` and no version behind it, so it is neither a
 * person's nor one that derives from an event.
 */
export const acceptReturnOf = (
  wish: ReturnOfOrder,
  { expectedVersion: _ofTheReturn, ...metadata }: CommandMetadata,
): { readonly command: Wish<AcceptReturn>; readonly metadata: CommandMetadata } => ({
  command: { type: 'AcceptReturn', ...wish },
  metadata: {
    correlationId: wish.commandId,
    ...metadata,
    commandId: `${wish.commandId}@${streamId(RETURN, wish.returnId)}`,
  },
});

/**
 * The one registration that follows from an order's acceptance, whoever sends it first; the second one repeats it, also where
 * a release in between words it differently. It has the person's command id, so the person may repeat it too.
 */
export const registerReturnFrom = ({
  data: { commandId, worth: _worth, ...wish },
  context,
}: Recorded<ReturnAccepted>): { readonly command: Wish<RegisterReturn>; readonly metadata: CommandMetadata } => ({
  command: { type: 'RegisterReturn', ...wish },
  metadata: {
    ...{ commandId, actor: context.actor, correlationId: context.correlationId, causationId: context.id },
    ...{ remember: true, reaction: true },
  },
});
