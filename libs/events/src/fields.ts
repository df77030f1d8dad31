import { ID_PATTERN, ID_RULE, TEXT_FORM, textRule } from '@ledgerline/es-core';
import { z } from 'zod';
import { isCurrency } from './currencies.js';
import { keyText } from './key-text.js';

/*
 * Fields of commands, as people send them. Every limit is here and its message names the rule. Command objects are strict:
 * an unknown field is a misunderstanding that is better refused than ignored.
 */

const MAX_QUANTITY = 1_000_000;
const MAX_LINES = 2_000;

const text = (rule: string): z.ZodString => z.string({ error: rule });
const freeText = (rule: string): z.ZodString => text(rule).regex(TEXT_FORM, { error: textRule });

export const idField = text(ID_RULE).regex(ID_PATTERN, { error: ID_RULE });

const recordedKeyRule = 'must be 1 to 64 printable characters, spaces only inside';
const recordedKeyField = text(recordedKeyRule)
  .overwrite(keyText)
  .regex(/^(?! )[\p{L}\p{M}\p{N}\p{P}\p{S} ]{1,64}(?<! )$/u, { error: recordedKeyRule });
/** As countries may stand in the log: those of before `countryField` refused what cannot be seen can still be asked for. */
export const recordedCountryField = recordedKeyField;

/** Keys that look the same are the same: some marks, letters and symbols are blank (fillers, selectors, an empty Braille cell). */
const keyRule = 'must be 1 to 64 printable characters, none that is invisible, spaces only inside';
const keyField = text(keyRule)
  .overwrite(keyText)
  .regex(/^(?! )(?:(?![\p{Default_Ignorable_Code_Point}\u2800])[\p{L}\p{M}\p{N}\p{P}\p{S} ]){1,64}(?<! )$/u, {
    error: keyRule,
  });
export const skuField = keyField;
export const countryField = keyField;
export const UNSPECIFIED_COUNTRY = 'Unspecified';

const descriptionRule = 'must be text of at most 200 characters';
export const descriptionField = freeText(descriptionRule).max(200, { error: descriptionRule });

const reasonRule = 'must be text of 1 to 500 characters';
export const reasonField = freeText(reasonRule).min(1, { error: reasonRule }).max(500, { error: reasonRule });

const contactLineRule = 'must be 1 to 200 printable characters, spaces only inside';
/** Names of Hindi or Persian have joiners and non-joiners between letters. */
export const contactLineField = text(contactLineRule).regex(
  /^(?! )(?:[\p{L}\p{M}\p{N}\p{P}\p{S} ]|(?<=[\p{L}\p{M}])[\u200c\u200d](?=\p{L})){1,200}(?<! )$/u,
  { error: contactLineRule },
);

const emailRule = 'must be an e-mail address of at most 254 printable characters';
export const emailField = text(emailRule)
  .max(254, { error: emailRule })
  .regex(/^[^@\p{Z}\p{C}]+@[^@\p{Z}\p{C}]+$/u, { error: emailRule });

const addressRule = 'must be 1 to 10 lines of text';
export const addressField = z
  .array(contactLineField, { error: addressRule })
  .min(1, { error: addressRule })
  .max(10, { error: addressRule });

const quantityRule = 'must be a whole number from 1 to 1000000';
export const quantityField = z
  .int({ error: quantityRule })
  .min(1, { error: quantityRule })
  .max(MAX_QUANTITY, { error: quantityRule });

const priceRule = 'must be a decimal string above 0 and below 10000000 with at most 4 decimals, such as "2.55"';
export const unitPriceAmountField = text(priceRule).regex(/^(?!0(?:\.0+)?$)(?:0|[1-9]\d{0,6})(?:\.\d{1,4})?$/, {
  error: priceRule,
});

const currencyRule = 'must be a currency code of ISO 4217, such as "GBP"';
export const currencyField = text(currencyRule).refine(isCurrency, { error: currencyRule });

export const unitPriceField = z.strictObject(
  { amount: unitPriceAmountField, currency: currencyField },
  { error: (issue) => (issue.code === 'invalid_type' ? 'must be an object { amount, currency }' : undefined) },
);

const timeRule = 'must be an ISO 8601 time in UTC, such as "2010-12-01T08:26:00Z"';
const EARLIEST = '1900-01-01T00:00:00.000Z';
/** Clocks differ. */
const AHEAD_MS = 60_000;
const pastRule = 'must be a time from 1900 on, at most a minute ahead of the clock of the service';
const isPast = (time: string): boolean => time >= EARLIEST && Date.parse(time) <= Date.now() + AHEAD_MS;
/** When something happened. Answers the form of `Date.toISOString`, so that times compare as text. */
export const timeField = z.iso
  .datetime({ error: timeRule })
  .transform((time) => new Date(time).toISOString())
  .refine(isPast, { error: pastRule });

const dayRule = 'must be a date, such as "2010-12-01"';
export const dayField = z.iso.date({ error: dayRule });

export const limits = { quantity: MAX_QUANTITY, lines: MAX_LINES } as const;
