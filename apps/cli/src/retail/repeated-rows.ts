import { FileUnusable } from './file/file-unusable.error.js';
import { lineRanges, formatRanges } from './file/line-ranges.js';
import type { InvoiceGroup } from './invoice-group.js';

/** A row that comes again after rows of other invoices. */
export interface RepeatedRow {
  readonly line: number;
  /** The line that it repeats. */
  readonly repeats: number;
  readonly group: InvoiceGroup;
}

/** `46 rows come again after rows of other invoices (lines 48-93; line 48 is line 2 again, of invoice 536365)` */
const describeRepeatedRows = (repeated: readonly RepeatedRow[], first: RepeatedRow): string => {
  const rows = repeated.length === 1 ? '1 row comes' : `${repeated.length} rows come`;
  const ranges = formatRanges(lineRanges(repeated.map(({ line }) => line)));
  const example = `line ${first.line} is line ${first.repeats} again, of invoice ${first.group.invoiceNo}`;
  return `${rows} again after rows of other invoices (${ranges}; ${example})`;
};

/** @throws FileUnusable when there are any: nobody can see from the file whether they count. */
export const refuseRepeatedRows = (path: string, repeated: readonly RepeatedRow[]): void => {
  const [first] = repeated;
  if (first)
    throw new FileUnusable(
      path,
      `${describeRepeatedRows(repeated, first)}. Say --repeated-rows drop where files overlap, or --repeated-rows keep where all of them are real`,
    );
};
