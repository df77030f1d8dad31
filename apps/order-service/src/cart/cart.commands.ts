import type { Immutable, OutputOf } from '@ledgerline/es-core';
import {
  cartEvents,
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

export const cartCommands = {
  AddItemToCart: z
    .strictObject({
      sku: skuField,
      description: descriptionField.optional(),
      quantity: quantityField,
      unitPrice: unitPriceField,
    })
    .describe('Puts a product into the cart; one that is there at the same price has more of it.'),
  RemoveItemFromCart: z.strictObject({ lineId: lineIdField }).describe('Takes a line out of the cart.'),
  ChangeQuantity: z
    .strictObject({ lineId: lineIdField, quantity: quantityField })
    .describe('Gives a line another quantity.'),
  CheckOutCart: z
    .strictObject({
      orderId: idField,
      customerId: idField,
      country: countryField.default(UNSPECIFIED_COUNTRY),
      placedAt: timeField
        .optional()
        .describe("When the customer placed the order; the decision's time when it is left out."),
      contact: contactField.optional(),
    })
    .describe('Orders what is in the cart.'),
  ReopenCart: cartEvents.definitions.CartReopened.describe(
    "Of the order process: the order that the cart was checked out into is another cart's.",
  ),
};

/** The fields of a command, checked. */
export type CartFields<Name extends keyof typeof cartCommands> = Immutable<OutputOf<(typeof cartCommands)[Name]>>;
