import { data as listOne } from 'currency-codes';

/*
 * The currencies of ISO 4217 with their minor units, from a pinned package: the same on every Node. Its ICU knows other
 * ones from version to version, and rounds some by custom instead of by the standard.
 */

/** ISO gives these no minor unit: metals, units of account, and the codes for testing and for no currency. */
const WITHOUT_MINOR_UNIT: ReadonlySet<string> = new Set(
  'XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX'.split(' '),
);

/** In force since the package's list was published. */
const AMENDMENTS = [{ code: 'XCG', digits: 2 }] as const;

const OF_A_WITHDRAWN_ONE = 2;

const digits: ReadonlyMap<string, number> = new Map(
  [...listOne, ...AMENDMENTS]
    .filter(({ code }) => !WITHOUT_MINOR_UNIT.has(code))
    .map((currency) => [currency.code, currency.digits]),
);

/** Whether `text` is the code of a currency of ISO 4217 that amounts can be in, `GBP`. */
export const isCurrency = (text: string): boolean => digits.has(text);

/** Decimals of the currency's minor unit: 2 for GBP, 0 for JPY, 3 for KWD. A stored one may have been withdrawn since: 2. */
export const minorDigits = (currency: string): number => digits.get(currency) ?? OF_A_WITHDRAWN_ONE;
