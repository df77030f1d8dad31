import { CsvError } from 'csv-parse';
import { parse } from 'csv-parse/sync';

export interface CsvRecord {
  /** The line that it begins on, from 1. */
  readonly line: number;
  readonly fields: readonly string[];
  /** Its quotes do not add up; the fields are what lies between its commas. */
  readonly broken?: true;
}

const MAX_LINES_OF_A_RECORD = 20;

/**
 * Puts lines together to records. A quoted field may hold line ends; a quote that is never closed costs its own line only
 * and does not swallow the rows behind it. Lines without a quote, nearly all, take a path of their own for speed.
 */
export class CsvRecords {
  #line = 0;
  #waiting: string[] = [];

  /** The records that this line completes. Empty lines are none. */
  take(text: string): readonly CsvRecord[] {
    this.#line += 1;
    if (this.#waiting.length === 0 && !text.includes('"'))
      return text === '' ? [] : [{ line: this.#line, fields: text.split(',') }];
    this.#waiting.push(text);
    const fields = fieldsOf(this.#waiting.join('\n'));
    if (fields === 'open' && this.#waiting.length < MAX_LINES_OF_A_RECORD) return [];
    if (fields === 'open' || (fields === 'broken' && this.#waiting.length > 1)) return this.#giveUp();
    const line = this.#line - this.#waiting.length + 1;
    this.#waiting = [];
    return [fields === 'broken' ? brokenRecord(line, text) : { line, fields }];
  }

  /** The records that are left at the file's end. */
  end(): readonly CsvRecord[] {
    const records: CsvRecord[] = [];
    while (this.#waiting.length > 0) records.push(...this.#giveUp());
    return records;
  }

  /** The first line that waits is a record that cannot be read; those behind it are looked at again. */
  #giveUp(): readonly CsvRecord[] {
    const [first = '', ...again] = this.#waiting;
    const broken = brokenRecord(this.#line - again.length, first);
    this.#line -= again.length;
    this.#waiting = [];
    return [broken, ...again.flatMap((text) => this.take(text))];
  }
}

const brokenRecord = (line: number, text: string): CsvRecord => ({ line, fields: text.split(','), broken: true });

const fieldsOf = (text: string): readonly string[] | 'open' | 'broken' => {
  try {
    const [fields] = parse(text, { relax_column_count: true });
    return fields ?? 'broken';
  } catch (error) {
    if (error instanceof CsvError) return error.code === 'CSV_QUOTE_NOT_CLOSED' ? 'open' : 'broken';
    throw error;
  }
};
