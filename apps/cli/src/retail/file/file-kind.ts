import { FileUnusable } from './file-unusable.error.js';

const AS_CSV = 'open it in a spreadsheet program and save each sheet as "CSV UTF-8", then import those files';
const UNPACK = 'unpack it, and import the CSV file that is in it';

/** What the first bytes of files say that people take for CSV files. */
const SIGNATURES: readonly (readonly [bytes: string, reason: string])[] = [
  ['\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', `is an old workbook (.xls), not CSV: ${AS_CSV}`],
  ['\x1f\x8b', `is compressed by gzip: ${UNPACK}`],
  ['BZh', `is compressed by bzip2: ${UNPACK}`],
  ['\xfd7zXZ\0', `is compressed by xz: ${UNPACK}`],
  ['\x28\xb5\x2f\xfd', `is compressed by zstd: ${UNPACK}`],
  ["7z\xbc\xaf'\x1c", `is a 7z archive: ${UNPACK}`],
  ['Rar!\x1a\x07', `is a RAR archive: ${UNPACK}`],
  ['%PDF-', 'is a PDF document, not CSV'],
  ['PAR1', 'is a Parquet file, not CSV: export it as CSV'],
  ['SQLite format 3\0', 'is a database of SQLite, not CSV: export the table as CSV'],
  ['{\\rtf', 'is a document (RTF), not CSV'],
];

/** @throws FileUnusable, saying what it is and what to do, when the bytes are of another kind than text. */
export const refuseBinary = (path: string, head: Buffer): void => {
  const bytes = head.toString('latin1');
  const [, reason] = SIGNATURES.find(([signature]) => bytes.startsWith(signature)) ?? [];
  if (reason !== undefined) throw new FileUnusable(path, reason);
  if (bytes.startsWith('PK\x03\x04') || bytes.startsWith('PK\x05\x06')) throw new FileUnusable(path, zipReason(bytes));
};

const zipReason = (bytes: string): string =>
  /\[Content_Types\]\.xml|xl\/|mimetypeapplication\/vnd\.oasis/.test(bytes)
    ? `is a workbook (.xlsx or .ods), not CSV: ${AS_CSV}`
    : `is a zip archive: ${UNPACK}`;

/** A few may have slipped into a text; a file full of them is none. */
const MOST_CONTROLS = 0.05;

/** @throws FileUnusable when the text is of another kind than CSV. */
export const refuseOtherText = (path: string, text: string): void => {
  const start = text.trimStart().slice(0, 1);
  if (start === '<') throw new FileUnusable(path, `is HTML or XML, not CSV: ${AS_CSV}`);
  if (start === '{' || start === '[') throw new FileUnusable(path, 'is JSON, not CSV: export the rows as CSV');
  // eslint-disable-next-line no-control-regex -- control characters are what it is about
  const controls = text.match(/[\0-\x08\x0e-\x1f\x7f]/g)?.length ?? 0;
  if (controls > text.length * MOST_CONTROLS) throw new FileUnusable(path, 'is a binary file, not CSV');
};
