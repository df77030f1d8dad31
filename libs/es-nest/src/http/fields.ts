import { ID_PATTERN, ID_RULE } from '@ledgerline/es-core';
import { z } from 'zod';

/* Parts of requests that every service has. */

export const idParam = z.string({ error: ID_RULE }).regex(ID_PATTERN, { error: ID_RULE });

/** A whole number in a query string. */
export const numberInQuery = (least: number, most: number) => {
  const rule = `must be a whole number from ${least} to ${most}`;
  return z
    .string({ error: rule })
    .regex(/^\d{1,16}$/, { error: rule })
    .transform(Number)
    .refine((number) => number >= least && number <= most, { error: rule });
};

/** Of every list. */
export const limitInQuery = numberInQuery(1, 1_000).default(100);

const timeRule = 'must be an ISO 8601 time in UTC, such as "2010-12-01T08:26:00Z"';
/** Answers the form of `Date.toISOString`, so that times compare as text. */
export const timeInQuery = z.iso.datetime({ error: timeRule }).transform((time) => new Date(time).toISOString());

/** When a view is wanted of: now, at a version, or at a recorded time. */
export const asOfQuery = z
  .strictObject({ version: numberInQuery(1, Number.MAX_SAFE_INTEGER).optional(), at: timeInQuery.optional() })
  .refine(({ version, at }) => version === undefined || at === undefined, {
    path: ['version'],
    error: 'must not come together with at',
  });
export type AsOfQuery = z.output<typeof asOfQuery>;

/** A query string without any parameter. */
export const noQuery = z.strictObject({});
