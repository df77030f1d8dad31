import { CsvError } from 'csv-parse';
import { parse } from 'csv-parse/sync';

export interface CsvRecord {
  /** The line that it begins on, from 1. */
  readonly line: number;
  readonly fields: readonly string[];
  /** Its quotes do not add up; the fields are what lies between its separators. */
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
  /** Of the first record. */
  #width = 0;

  constructor(private readonly separator: string) {}

  /** The records that this line completes. Empty lines are none. */
  take(text: string): readonly CsvRecord[] {
    this.#line += 1;
    if (this.#waiting.length === 0 && !text.includes('"'))
      return text === '' ? [] : [this.#record(this.#line, text.split(this.separator))];
    this.#waiting.push(text);
    const fields = this.#fieldsOf(this.#waiting.join('\n'));
    if (fields === 'open' && this.#waiting.length < MAX_LINES_OF_A_RECORD) return [];
    if (fields === 'open' || (this.#waiting.length > 1 && (fields === 'broken' || this.#holdsRows(fields))))
      return this.#giveUp();
    const line = this.#line - this.#waiting.length + 1;
    this.#waiting = [];
    return [fields === 'broken' ? this.#broken(line, text) : this.#record(line, fields)];
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
    const broken = this.#broken(this.#line - again.length, first);
    this.#line -= again.length;
    this.#waiting = [];
    return [broken, ...again.flatMap((text) => this.take(text))];
  }

  /** A quote that was not closed meets the next one rows later, and what lies between them looks like one long field. */
  #holdsRows(fields: readonly string[]): boolean {
    return fields.some((field) => field.includes('\n') && field.split(this.separator).length >= this.#width);
  }

  #record(line: number, fields: readonly string[]): CsvRecord {
    this.#width ||= fields.length;
    return { line, fields };
  }

  #broken(line: number, text: string): CsvRecord {
    return { line, fields: text.split(this.separator), broken: true };
  }

  #fieldsOf(text: string): readonly string[] | 'open' | 'broken' {
    try {
      const [fields] = parse(text, { relax_column_count: true, delimiter: this.separator });
      return fields ?? 'broken';
    } catch (error) {
      if (error instanceof CsvError) return error.code === 'CSV_QUOTE_NOT_CLOSED' ? 'open' : 'broken';
      throw error;
    }
  }
}
