import { z } from 'zod';

/*
 * Fields of events, as they are stored. Only the form is checked: a limit that is changed later must not make the past
 * unreadable. Unknown fields are dropped: a newer writer's must not break an older reader.
 */

export const storedId = z.string().min(1);
export const storedText = z.string();
export const storedAmount = z.string().regex(/^\d+(?:\.\d+)?$/);
export const storedCurrency = z.string().regex(/^[A-Z]{3}$/);
export const storedMoney = z.object({ amount: storedAmount, currency: storedCurrency });
export const storedQuantity = z.int().positive();
export const storedTime = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
