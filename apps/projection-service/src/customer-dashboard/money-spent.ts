import type { Immutable } from '@ledgerline/es-core';
import { plus, storedAmount, storedCurrency, zero } from '@ledgerline/events';
import { z } from 'zod';

/** What a customer paid and got back in one currency. */
export const moneySpent = z.object({ currency: storedCurrency, spent: storedAmount, refunded: storedAmount });
export type MoneySpent = Immutable<z.output<typeof moneySpent>>;

/** The rows with `total` added to the currency's row; rows stay sorted, so that equal histories give equal documents. */
export const withMoney = (
  rows: readonly MoneySpent[],
  which: 'spent' | 'refunded',
  { currency, total }: { readonly currency: string; readonly total: string },
): readonly MoneySpent[] => {
  const row = moneyIn(rows, currency);
  const others = rows.filter((other) => other.currency !== currency);
  const sum = plus(row[which], total, currency);
  return [...others, { ...row, [which]: sum }].sort((a, b) => (a.currency < b.currency ? -1 : 1));
};

/** The row of the currency, zeros where there is none. */
export const moneyIn = (rows: readonly MoneySpent[], currency: string): MoneySpent =>
  rows.find((row) => row.currency === currency) ?? { currency, spent: zero(currency), refunded: zero(currency) };
