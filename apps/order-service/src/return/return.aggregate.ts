import { accept, type Decision, defineAggregate, reject } from '@ledgerline/es-core';
import {
  canonicalPrice,
  countryField,
  descriptionField,
  idField,
  limits,
  priced,
  quantityField,
  returnEvents,
  type ReturnAccepted,
  type ReturnRegistered,
  skuField,
  timeField,
  unitPriceField,
  UNSPECIFIED_COUNTRY,
} from '@ledgerline/events';
import { z } from 'zod';
import { mergedLines } from './merged-lines.js';

const linesRule = `must be a list of 1 to ${limits.lines} lines`;
const returnedLine = z.strictObject({
  sku: skuField,
  description: descriptionField.optional(),
  quantity: quantityField,
  unitPrice: unitPriceField,
});

export type ReturnState =
  { readonly status: 'absent' } | { readonly status: 'registered'; readonly registered: ReturnRegistered['data'] };

/** Goods that came back. They are refunded by the payment that follows. */
export const goodsReturn = defineAggregate({
  category: 'return',
  events: returnEvents,
  commands: {
    RegisterReturn: z
      .strictObject({
        orderId: idField.optional().describe('Left out where goods come back and nobody knows the order.'),
        customerId: idField,
        country: countryField.default(UNSPECIFIED_COUNTRY),
        lines: z
          .array(returnedLine, { error: linesRule })
          .min(1, { error: linesRule })
          .max(limits.lines, { error: linesRule }),
        registeredAt: timeField
          .optional()
          .describe("When the goods came back; the decision's time when it is left out."),
      })
      .describe('Registers goods that came back; they are refunded.'),
  },
  idFields: { RegisterReturn: 'returnId' },
  initialState: { status: 'absent' } as ReturnState,
  decide: {
    RegisterReturn: (state, command) =>
      state.status === 'absent'
        ? registrationOf(command)
        : reject('return-exists', `return ${command.returnId} exists already`),
  },
  // The one event there is: nothing happens to a return afterwards.
  evolve: { ReturnRegistered: (_state, { data }) => ({ status: 'registered', registered: data }) },
  rehearse: {
    ReturnRegistered({ data: { orderId, customerId, country, registeredAt, currency, lines: recorded } }) {
      const lines = recorded.map(({ lineId: _lineId, amount: _amount, unitPrice: amount, ...line }) => ({
        ...line,
        unitPrice: { amount, currency },
      }));
      const now = { type: 'RegisterReturn', orderId, customerId, country, lines } as const;
      return [{ ...now, registeredAt }, now];
    },
  },
});

type Registration = Omit<ReturnAccepted['data'], 'orderId' | 'commandId' | 'worth'> & {
  readonly orderId?: string | undefined;
  readonly at: string;
};

/** What registers the return, unless its id is taken: an order asks before it accepts one. */
export const registrationOf = (command: Registration): Decision<ReturnRegistered> => {
  const { returnId, orderId, customerId, country, registeredAt = command.at } = command;
  const items = command.lines.map((line) => ({ ...line, unitPrice: canonicalPrice(line.unitPrice) }));
  const [currency, another] = new Set(items.map(({ unitPrice }) => unitPrice.currency));
  if (currency === undefined) return reject('return-empty', 'a return has at least one line');
  if (another !== undefined)
    return reject('currency-mismatch', `a return has one currency, not ${currency}, ${another}`);
  const lines = mergedLines(items.map((item) => ({ ...item, unitPrice: item.unitPrice.amount })));
  if (lines.some(({ quantity }) => quantity > limits.quantity))
    return reject('quantity-too-large', `a line has at most ${limits.quantity} pieces`);
  const ids = orderId === undefined ? { returnId, customerId } : { returnId, orderId, customerId };
  const data = { ...ids, country, registeredAt, currency, ...priced(lines, currency) };
  return accept({ type: 'ReturnRegistered', data });
};
