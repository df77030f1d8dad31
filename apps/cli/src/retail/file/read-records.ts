import { type CsvRecord, CsvRecords } from './csv-records.js';
import { readLines } from './read-lines.js';
import { separatorLine } from './separator.js';

export interface TextFormat {
  readonly encoding: string;
  readonly separator: string;
}

/**
 * The file's records in blocks, the header first. Empty lines are none, nor are rows of which every field is empty.
 * @throws FileUnusable as `readLines`
 */
export async function* readRecords(
  path: string,
  { encoding, separator }: TextFormat,
): AsyncGenerator<readonly CsvRecord[]> {
  const records = new CsvRecords(separator);
  let begins = true;
  for await (const lines of readLines(path, encoding)) {
    const block: CsvRecord[] = [];
    for (const line of lines) {
      const forExcel = begins && separatorLine(path, line) !== undefined;
      begins = false;
      for (const record of records.take(forExcel ? '' : line)) if (isNotBlank(record)) block.push(record);
    }
    yield block;
  }
  yield records.end().filter(isNotBlank);
}

const isNotBlank = ({ fields }: CsvRecord): boolean => fields.some((field) => field.trim() !== '');
