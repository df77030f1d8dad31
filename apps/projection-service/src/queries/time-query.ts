import { z } from 'zod';

const rule = 'must be a date, such as "2010-12-01", or an ISO 8601 time in UTC, such as "2010-12-01T08:26:00Z"';

/** The beginning of a day, or a moment, in the form of `Date.toISOString`. */
export const momentInQuery = z
  .union([z.iso.date(), z.iso.datetime()], { error: rule })
  .transform((text) => new Date(text).toISOString());

const dayRule = 'must be a day in UTC: a date, such as "2010-12-01", or its beginning, such as "2010-12-01T00:00:00Z"';
const MIDNIGHT = 'T00:00:00.000Z';

/** A day, `2010-12-01`, for what is counted by whole days: a time within a day is refused. */
export const dayInQuery = momentInQuery
  .refine((moment) => moment.endsWith(MIDNIGHT), { error: dayRule })
  .transform((moment) => moment.slice(0, -MIDNIGHT.length));

/** A range that ends before it begins is a mistake rather than a wish for nothing. */
export const isRange = ({
  from,
  to,
}: {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}): boolean => from === undefined || to === undefined || from <= to;

export const rangeProblem = { path: ['to'], error: 'must not lie before from' };
