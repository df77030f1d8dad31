import { accept, type Decider, type Decision, reject } from '@ledgerline/es-core';
import { canonicalPrice, limits, priced, type ReturnEvent, type ReturnRegistered } from '@ledgerline/events';
import { mergedLines } from './merged-lines.js';
import type { RegisterReturn, ReturnCommand } from './return.commands.js';

export type ReturnState =
  { readonly status: 'absent' } | { readonly status: 'registered'; readonly registered: ReturnRegistered['data'] };

/** Goods that came back. They are refunded by the payment that follows. */
export const returnDecider: Decider<ReturnState, ReturnCommand, ReturnEvent> = {
  initialState: { status: 'absent' },

  decide(state, command) {
    return state.status === 'absent'
      ? register(command)
      : reject('return-exists', `return ${command.returnId} exists already`);
  },

  // The one event there is: nothing happens to a return afterwards.
  evolve: (_state, event) => ({ status: 'registered', registered: event.data }),
};

const register = (command: RegisterReturn): Decision<ReturnEvent> => {
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
