import { timeField } from '@ledgerline/events';
import { shownText } from './file/shown-text.js';
import { checked, type Field } from './retail-field.js';

/** In which order a date names its parts: year-month-day, day/month/year, month/day/year. */
export const DATE_ORDERS = ['ymd', 'dmy', 'mdy'] as const;
export type DateOrder = (typeof DATE_ORDERS)[number];

const TIME = /^(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})[ T](\d{1,2}):(\d\d)(?::(\d\d)(?:\.(\d{1,3})0*)?)?Z?$/;

interface TimeParts {
  /** As they are written. */
  readonly day: readonly [string, string, string];
  /** Undefined where no part has four digits. */
  readonly year: 'first' | 'last' | undefined;
  readonly clock: readonly [hours: string, minutes: string, seconds: string, millis: string];
}

const partsOf = (text: string): TimeParts | undefined => {
  const match = TIME.exec(text);
  if (!match) return undefined;
  const [, first = '', , second = '', third = '', hours = '', minutes = '', seconds = '0', millis = ''] = match;
  return {
    day: [first, second, third],
    year: first.length === 4 ? 'first' : third.length === 4 ? 'last' : undefined,
    clock: [hours, minutes, seconds, millis.padEnd(3, '0')],
  };
};

/**
 * What a date shows of its order by itself; `unknown` where day and month may be either; nothing where it is taken in no
 * order: a day that does not exist proves nothing.
 */
export const orderEvidence = (text: string): DateOrder | 'unknown' | undefined => {
  const parts = partsOf(text);
  if (!parts?.year) return undefined;
  const taken = (order: DateOrder): boolean => timeReader(order)(text).rule === undefined;
  if (parts.year === 'first') return taken('ymd') ? 'ymd' : undefined;
  if (!taken('dmy') && !taken('mdy')) return undefined;
  return dayFirst(parts) ? 'dmy' : Number(parts.day[1]) > 12 ? 'mdy' : 'unknown';
};

const dayFirst = ({ day: [first] }: TimeParts): boolean => Number(first) > 12;

const FIRST_YEAR = 1970;
const FIRST_MS = Date.UTC(FIRST_YEAR);

/**
 * Reads times of InvoiceDate, as UTC. The year has four digits; dates that begin with it are taken in any file, the others
 * in the order that the file has, if it shows one.
 */
export const timeReader =
  (order: DateOrder | undefined) =>
  (text: string): Field<string> => {
    const is = (): string => `is ${shownText(text)}`;
    const parts = partsOf(text);
    if (!parts) return { rule: `InvoiceDate must be a time such as 2010-12-01 08:26:00, ${is()}` };
    if (!parts.year) return { rule: `InvoiceDate must have a year of four digits, ${is()}` };
    if (parts.year === 'last' && order === 'ymd')
      return { rule: `InvoiceDate must begin with the year unless --dates says dmy or mdy, ${is()}` };
    const time = isoTime(yearMonthDay(parts, order), parts.clock);
    if (time === undefined) {
      const under = parts.year === 'first' || order === undefined ? '' : `, dates as ${order}`;
      return { rule: `InvoiceDate must be a day and a time that exist, ${is()}${under}` };
    }
    if (Date.parse(time) < FIRST_MS || checkTime(time).rule !== undefined)
      return { rule: `InvoiceDate must lie between ${FIRST_YEAR} and a minute from now, in UTC, ${is()}` };
    return { value: time };
  };

const checkTime = checked('InvoiceDate', timeField);

const yearMonthDay = (parts: TimeParts, order: DateOrder | undefined): readonly string[] => {
  const [a, b, c] = parts.day;
  if (parts.year === 'first') return [a, b, c];
  return order === 'dmy' || (order === undefined && dayFirst(parts)) ? [c, b, a] : [c, a, b];
};

const isoTime = (day: readonly string[], clock: TimeParts['clock']): string | undefined => {
  const [year, month, date] = day.map((part) => part.padStart(2, '0'));
  const [hours, minutes, seconds] = clock.map((part) => part.padStart(2, '0'));
  const time = `${year}-${month}-${date}T${hours}:${minutes}:${seconds}.${clock[3]}Z`;
  // A date that does not exist, 30 February, comes back as another one.
  return !Number.isNaN(Date.parse(time)) && new Date(time).toISOString() === time ? time : undefined;
};
