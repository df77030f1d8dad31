import { FileUnusable } from './file/file-unusable.error.js';
import { lineRanges, formatRanges } from './file/line-ranges.js';

/** Rows that come again after rows of other invoices. */
export interface RepeatedRows {
  readonly lines: readonly number[];
  /** The first of them, and the line that it repeats. */
  readonly first?: { readonly line: number; readonly repeats: number; readonly invoiceNo: string } | undefined;
}

/** `46 rows come again after rows of other invoices (lines 48-93; line 48 is line 2 again, of invoice 536365)` */
export const describeRepeatedRows = ({ lines, first }: RepeatedRows): string => {
  const rows = lines.length === 1 ? '1 row comes' : `${lines.length} rows come`;
  const example = first && `; line ${first.line} is line ${first.repeats} again, of invoice ${first.invoiceNo}`;
  return `${rows} again after rows of other invoices (${formatRanges(lineRanges(lines))}${example ?? ''})`;
};

/** @throws FileUnusable when there are any: nobody can see from the file whether they count. */
export const refuseRepeatedRows = (path: string, repeated: RepeatedRows): void => {
  if (repeated.lines.length > 0)
    throw new FileUnusable(
      path,
      `${describeRepeatedRows(repeated)}. Say --repeated-rows drop where files overlap, or --repeated-rows keep where all of them are real`,
    );
};
