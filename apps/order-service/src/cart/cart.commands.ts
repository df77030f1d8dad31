import {
  type CommandOf,
  contactField,
  countryField,
  descriptionField,
  idField,
  quantityField,
  skuField,
  timeField,
  unitPriceField,
  UNSPECIFIED_COUNTRY,
} from '@ledgerline/events';
import { z } from 'zod';

const lineIdField = z
  .string({ error: 'must be the id of a line, such as "1"' })
  .regex(/^[1-9]\d{0,8}$/, { error: 'must be the id of a line, such as "1"' });

export const addItemToCart = z
  .strictObject({
    sku: skuField,
    description: descriptionField.optional(),
    quantity: quantityField,
    unitPrice: unitPriceField,
  })
  .describe('Puts a product into the cart; one that is there at the same price has more of it.');
export const changeQuantity = z
  .strictObject({ lineId: lineIdField, quantity: quantityField })
  .describe('Gives a line another quantity.');
export const removeItemFromCart = z.strictObject({ lineId: lineIdField }).describe('Takes a line out of the cart.');
export const checkOutCart = z
  .strictObject({
    orderId: idField,
    customerId: idField,
    country: countryField.default(UNSPECIFIED_COUNTRY),
    placedAt: timeField
      .optional()
      .describe("When the customer placed the order; the decision's time when it is left out."),
    contact: contactField.optional(),
  })
  .describe('Orders what is in the cart.');

/** What people may ask of a cart: the data of each command by its name. */
export const cartCommands = {
  AddItemToCart: addItemToCart,
  ChangeQuantity: changeQuantity,
  RemoveItemFromCart: removeItemFromCart,
  CheckOutCart: checkOutCart,
} as const;

export type AddItemToCart = CommandOf<'AddItemToCart', z.output<typeof addItemToCart>>;
export type ChangeQuantity = CommandOf<'ChangeQuantity', z.output<typeof changeQuantity>>;
export type RemoveItemFromCart = CommandOf<'RemoveItemFromCart', z.output<typeof removeItemFromCart>>;
/** `cartId` is the cart the command is sent to: the order says where it came from. */
export type CheckOutCart = CommandOf<'CheckOutCart', z.output<typeof checkOutCart> & { cartId: string }>;
/** Of the order process: the order that the cart was checked out into is another cart's. */
export type ReopenCart = CommandOf<'ReopenCart', { orderId: string; reason: string }>;
export type CartCommand = AddItemToCart | ChangeQuantity | RemoveItemFromCart | CheckOutCart | ReopenCart;
