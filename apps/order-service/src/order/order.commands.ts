import { type CartCheckedOut, type CommandOf, reasonField } from '@ledgerline/events';
import { z } from 'zod';
import type { RegisterReturn } from '../return/return.commands.js';

export const cancelOrder = z
  .strictObject({ reason: reasonField })
  .describe('Cancels the order; what was paid goes back.');

/** What people may ask of an order. The others are the process's own: they follow from events. */
export const orderCommands = { CancelOrder: cancelOrder } as const;

/** Everything is in the event that it follows from. */
export type CreateOrder = CommandOf<'CreateOrder', CartCheckedOut['data']>;
export type ConfirmOrder = CommandOf<'ConfirmOrder', unknown>;
export type CancelOrder = CommandOf<'CancelOrder', z.output<typeof cancelOrder>>;
/** The whole wish to register a return of the order, and the id under which it is registered once the order has accepted. */
export type AcceptReturn = CommandOf<
  'AcceptReturn',
  Omit<RegisterReturn, 'type' | 'at' | 'orderId'> & { orderId: string; commandId: string }
>;
/** The return that was accepted could not be registered; `reason` is the code of the rule that said no. */
export type ReleaseReturn = CommandOf<'ReleaseReturn', { returnId: string; reason: string }>;
export type OrderCommand = CreateOrder | ConfirmOrder | CancelOrder | AcceptReturn | ReleaseReturn;
