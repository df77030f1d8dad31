import { Big } from 'big.js';
import { minorDigits } from './currencies.js';

/** An amount as everybody outside sees it: a decimal string, never a float, with its ISO 4217 currency. */
export type Money = { readonly amount: string; readonly currency: string };

// Strict: a float that slips in is an error, not a wrong penny.
const Decimal = Big();
Decimal.strict = true;

/**
 * The one spelling of a unit price: no trailing zeros beyond the currency's minor digits, and at least those (`2.1` is
 * `2.10`, `0.0010` is `0.001`). Prices that are equal as numbers are equal as text afterwards.
 */
export const canonicalPrice = ({ amount, currency }: Money): Money => {
  const [whole = '0', decimals = ''] = amount.split('.');
  const kept = withoutTrailingZeros(decimals).padEnd(minorDigits(currency), '0');
  return { amount: kept ? `${whole}.${kept}` : whole, currency };
};

/** Quantity x unit price, rounded half up to the currency's minor unit, once. */
export const lineAmount = (quantity: number, unitPrice: string, currency: string): string =>
  new Decimal(unitPrice).times(String(quantity)).toFixed(minorDigits(currency), Big.roundHalfUp);

/** The exact sum, printed with the currency's minor digits; `0.00` of nothing. The amounts have no more digits than that. */
export const sumOf = (amounts: Iterable<string>, currency: string): string => {
  let sum = new Decimal('0');
  for (const amount of amounts) sum = sum.plus(amount);
  return sum.toFixed(minorDigits(currency));
};

export const plus = (a: string, b: string, currency: string): string =>
  new Decimal(a).plus(b).toFixed(minorDigits(currency));

export const minus = (a: string, b: string, currency: string): string =>
  new Decimal(a).minus(b).toFixed(minorDigits(currency));

/** `0.00` for GBP. */
export const zero = (currency: string): string => sumOf([], currency);

/** Negative, zero or positive, by number: `9.00` comes before `10.00`. */
export const compareAmounts = (a: string, b: string): number => new Decimal(a).cmp(b);

export const isZero = (amount: string): boolean => new Decimal(amount).eq('0');

const withoutTrailingZeros = (decimals: string): string => {
  let end = decimals.length;
  while (end > 0 && decimals[end - 1] === '0') end -= 1;
  return decimals.slice(0, end);
};
