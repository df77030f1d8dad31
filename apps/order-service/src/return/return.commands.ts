import {
  type CommandOf,
  countryField,
  descriptionField,
  idField,
  limits,
  quantityField,
  skuField,
  timeField,
  unitPriceField,
  UNSPECIFIED_COUNTRY,
} from '@ledgerline/events';
import { z } from 'zod';

const linesRule = `must be a list of 1 to ${limits.lines} lines`;

export const returnedLine = z.strictObject({
  sku: skuField,
  description: descriptionField.optional(),
  quantity: quantityField,
  unitPrice: unitPriceField,
});

export const registerReturn = z
  .strictObject({
    orderId: idField.optional().describe('Left out where goods come back and nobody knows the order.'),
    customerId: idField,
    country: countryField.default(UNSPECIFIED_COUNTRY),
    lines: z
      .array(returnedLine, { error: linesRule })
      .min(1, { error: linesRule })
      .max(limits.lines, { error: linesRule }),
    registeredAt: timeField.optional().describe("When the goods came back; the decision's time when it is left out."),
  })
  .describe('Registers goods that came back; they are refunded.');

/** What people may ask of a return. */
export const returnCommands = { RegisterReturn: registerReturn } as const;

export type ReturnedLine = z.output<typeof returnedLine>;
/** `returnId` is the return the command is sent to. */
export type RegisterReturn = CommandOf<'RegisterReturn', z.output<typeof registerReturn> & { returnId: string }>;
export type ReturnCommand = RegisterReturn;
