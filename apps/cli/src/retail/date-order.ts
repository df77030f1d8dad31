import type { CsvRecord } from './file/csv-records.js';
import { FileUnusable } from './file/file-unusable.error.js';
import { shownText } from './file/shown-text.js';
import type { RetailHeader } from './retail-columns.js';
import { type DateOrder, orderEvidence } from './invoice-date.js';

interface DatedFile {
  readonly path: string;
  readonly header: RetailHeader;
  readonly records: AsyncIterable<readonly CsvRecord[]>;
  /** What somebody says that it is. */
  readonly stated: DateOrder | undefined;
}

/**
 * The order of day and month that the file proves: by dates that begin with the year, or by a day above 12. In a file of
 * the second kind all dates are looked at, for one that proves the contrary. Undefined where no date can be read.
 * @throws FileUnusable when nothing proves it, some dates prove the one and some the other, or one proves the contrary of
 * what was stated: it is never guessed
 */
export const dateOrderOf = async ({ path, header, records, stated }: DatedFile): Promise<DateOrder | undefined> => {
  if (stated === 'ymd') return stated;
  const proofs = new Map<DateOrder | 'unknown', string>();
  let last = '';
  for await (const block of records) {
    for (const { line, fields } of block) {
      const text = fields[header.at.InvoiceDate] ?? '';
      // The rows of an invoice follow each other.
      if (text === last) continue;
      last = text;
      const order = orderEvidence(text);
      if (order === 'ymd' && proofs.size === 0 && stated === undefined) return order;
      if (order !== undefined && !proofs.has(order)) proofs.set(order, `line ${line} says ${shownText(text)}`);
    }
    if (proofs.has('dmy') && proofs.has('mdy')) break;
  }
  return stated === undefined ? provenOrder(path, proofs) : statedOrder(path, proofs, stated);
};

type Proofs = ReadonlyMap<DateOrder | 'unknown', string>;

const statedOrder = (path: string, proofs: Proofs, stated: DateOrder): DateOrder => {
  const contrary = proofs.get(stated === 'dmy' ? 'mdy' : 'dmy');
  if (contrary !== undefined)
    throw new FileUnusable(path, `${contrary}, which is no ${stated}, --dates says ${stated}`);
  return stated;
};

const provenOrder = (path: string, proofs: Proofs): DateOrder | undefined => {
  const [dayFirst, monthFirst] = [proofs.get('dmy'), proofs.get('mdy')];
  if (dayFirst !== undefined && monthFirst !== undefined)
    throw new FileUnusable(
      path,
      `${dayFirst}, and ${monthFirst}: day and month stand in no one order. Import the parts one by one`,
    );
  if (dayFirst !== undefined) return 'dmy';
  if (monthFirst !== undefined) return 'mdy';
  const unknown = proofs.get('unknown');
  if (unknown === undefined) return proofs.has('ymd') ? 'ymd' : undefined;
  throw new FileUnusable(
    path,
    `${unknown}, and no date of the file shows which of both is the day: say --dates dmy (day/month/year) or --dates mdy (month/day/year)`,
  );
};
