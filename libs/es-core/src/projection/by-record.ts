import type { Recorded } from '../recorded-event.js';

/**
 * Events of one partition, in order, by the record that they were stored in: mostly one, several where a stored event was
 * split. A document takes all of a record or none of it, because positions know no less than a record.
 */
export function* byRecord(events: readonly Recorded[]): Iterable<readonly [Recorded, ...Recorded[]]> {
  let record: [Recorded, ...Recorded[]] | undefined;
  for (const event of events)
    if (record?.[0].context.ordinal === event.context.ordinal) record.push(event);
    else {
      if (record) yield record;
      record = [event];
    }
  if (record) yield record;
}
