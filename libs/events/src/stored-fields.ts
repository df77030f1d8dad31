import { z } from 'zod';

/*
 * Fields of events, as they are stored. Only the form is checked: a limit that is changed later must not make the past
 * unreadable. Unknown fields are dropped: a newer writer's must not break an older reader.
 */

export const storedId = z
  .string()
  .min(1)
  .meta({ examples: ['536365'] });
export const storedLineId = storedId.meta({ examples: ['1'] });
export const storedText = z.string().meta({ examples: ['text'] });
export const storedAmount = z
  .string()
  .regex(/^\d+(?:\.\d+)?$/)
  .meta({ description: 'An exact decimal.', examples: ['15.30'] });
export const storedCurrency = z
  .string()
  .regex(/^[A-Z]{3}$/)
  .meta({ description: 'Of ISO 4217.', examples: ['GBP'] });
export const storedMoney = z.object({ amount: storedAmount, currency: storedCurrency });
export const storedQuantity = z
  .int()
  .positive()
  .meta({ examples: [6] });
export const storedTime = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  .meta({ description: 'ISO 8601, in UTC.', examples: ['2010-12-01T08:26:00.000Z'] });
export const storedCountry = storedText.meta({ examples: ['United Kingdom'] });
export const storedSku = storedText.meta({ examples: ['85123A'] });
