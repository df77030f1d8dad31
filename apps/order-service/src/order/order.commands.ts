import { type CartCheckedOut, type CommandOf, reasonField } from '@ledgerline/events';
import { z } from 'zod';

export const cancelOrder = z.strictObject({ reason: reasonField });

/** What people may ask of an order. The others are the process's own: they follow from events. */
export const orderCommands = { CancelOrder: cancelOrder } as const;

/** Everything is in the event that it follows from. */
export type CreateOrder = CommandOf<'CreateOrder', CartCheckedOut['data']>;
export type ConfirmOrder = CommandOf<'ConfirmOrder', unknown>;
export type CancelOrder = CommandOf<'CancelOrder', z.output<typeof cancelOrder>>;
export type OrderCommand = CreateOrder | ConfirmOrder | CancelOrder;
