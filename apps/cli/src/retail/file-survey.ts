import type { CsvRecord } from './file/csv-records.js';
import { FileUnusable } from './file/file-unusable.error.js';
import { InvoiceGroup } from './invoice-group.js';
import { invoiceNoRule, normalizedInvoiceNo } from './invoice-number.js';
import { isHeader, readHeader } from './retail-columns.js';
import type { RetailFile } from './retail-file.js';
import type { Field } from './retail-field.js';
import type { LineRefusal, RefusedLine } from './retail-plan.js';
import { figuresRefusal, type RetailRow, type RetailRowReader, retailRowReader } from './retail-row.js';
import type { RepeatedRow } from './repeated-rows.js';
import { rowHash } from './row-hash.js';

/** What is wrong with a row, and where. */
interface Flaw {
  readonly line: number;
  readonly rule: string;
}

/** Goes through a file's rows once, and gathers by invoice what is to be known before anything is sent. */
export class FileSurvey {
  readonly groups = new Map<string, InvoiceGroup>();
  readonly refusedLines: RefusedLine[] = [];
  readonly repeatedHeaders: number[] = [];
  readonly repeatedRows: RepeatedRow[] = [];
  /** All rows so far, refused and repeated ones too. */
  rows = 0;

  readonly #read: RetailRowReader;
  #run = 0;
  #last: InvoiceGroup | undefined;
  /** A row that names no invoice; it may belong to the next one. */
  #unnamed: Flaw | undefined;

  constructor(
    private readonly file: RetailFile,
    private readonly dropRepeated: boolean,
  ) {
    this.#read = retailRowReader(file);
  }

  get repeatedLines(): readonly number[] {
    return this.repeatedRows.map(({ line }) => line);
  }

  /** Lines that count as if the file did not have them. */
  get droppedLines(): ReadonlySet<number> {
    return new Set(this.dropRepeated ? this.repeatedLines : []);
  }

  take(record: CsvRecord): void {
    const { line, fields } = record;
    const said = this.#invoiceNoIn(record);
    const group = said === undefined ? undefined : this.#groupOf(said, record);
    if (group === 'header') return;
    this.rows += 1;
    if (group === undefined || said === undefined) return this.#takeUnnamed(record, said);
    const row = this.#rowIn(record);
    const repeats = group.repeats({ line, hash: rowHash(row, fields), run: this.#run });
    if (repeats !== undefined) {
      this.repeatedRows.push({ line, repeats, group });
      if (this.dropRepeated) return;
    }
    this.#takeRow(group, line, { said, row });
  }

  /** The invoice cannot be taken for what this row is. */
  refuse(group: InvoiceGroup, { line, rule }: Flaw, reason: LineRefusal = 'malformed-row'): void {
    group.flaw ??= { line, rule };
    group.refusedLines.push(line);
    this.refusedLines.push({ line, reason, rule });
  }

  #takeRow(group: InvoiceGroup, line: number, { said, row }: { said: string; row: Field<RetailRow> }): void {
    const misspelled = group.spell(said);
    group.lines.push(line);
    if (misspelled !== undefined) return this.refuse(group, { line, rule: misspelled });
    if (group.kind === 'unsupported') return this.#leaveOut(group, line, 'unsupported-invoice');
    if (row.rule !== undefined) return this.refuse(group, { line, rule: row.rule });
    group.time ??= row.value.time;
    const refusal = figuresRefusal(group.kind, row.value);
    if (refusal) return this.#leaveOut(group, line, refusal);
    group.items += 1;
    group.pieces += Math.abs(row.value.quantity);
  }

  /** The row is refused for what it says, and the invoice goes on without it. */
  #leaveOut(group: InvoiceGroup, line: number, reason: LineRefusal): void {
    group.refusedLines.push(line);
    this.refusedLines.push({ line, reason });
  }

  /** Nobody can tell whose row it is: the invoice before it and the one behind it may lack it. */
  #takeUnnamed(record: CsvRecord, said: string | undefined): void {
    const { line } = record;
    const broken = said === undefined ? this.#rowIn(record).rule : invoiceNoRule(said);
    const rule = `${broken ?? 'InvoiceNo must be given'}; the row may belong to the invoice before or behind it`;
    this.refusedLines.push({ line, reason: 'malformed-row', rule });
    if (this.#last) this.#last.flaw ??= { line, rule };
    this.#unnamed ??= { line, rule };
  }

  /** What the row says is its invoice; undefined where it cannot be told. */
  #invoiceNoIn({ fields, broken }: CsvRecord): string | undefined {
    const { at, names } = this.file.header;
    const said = fields[at.InvoiceNo] ?? '';
    // A row that was cut off within its first column: of the invoice before it, as far as one can see.
    if (fields.length === 1 && said !== '' && this.#last?.invoiceNo.startsWith(said)) return this.#last.invoiceNo;
    // Where a separator is missing or one too many, only the first column is certain.
    return at.InvoiceNo > 0 && (broken || fields.length !== names.length) ? undefined : said;
  }

  #groupOf(said: string, { line, fields }: CsvRecord): InvoiceGroup | 'header' | undefined {
    if (this.#last?.invoiceNo === said && !this.#unnamed) return this.#last;
    const key = normalizedInvoiceNo(said);
    if (key === undefined) return undefined;
    let group = this.groups.get(key);
    if (!group && isHeader(fields)) return this.#takeHeader({ line, fields });
    if (group !== this.#last || !group) this.#run += 1;
    if (!group) this.groups.set(key, (group = new InvoiceGroup(said, this.#run)));
    if (this.#unnamed) group.flaw ??= this.#unnamed;
    this.#unnamed = undefined;
    return (this.#last = group);
  }

  /** Files that were put together have one in the middle. */
  #takeHeader(record: CsvRecord): 'header' {
    const { path, header, format } = this.file;
    const { at } = readHeader({ path, separator: format.separator }, record);
    if (JSON.stringify(at) !== JSON.stringify(header.at))
      throw new FileUnusable(path, `line ${record.line} is another header than line 1: import the parts one by one`);
    this.repeatedHeaders.push(record.line);
    this.#last = undefined;
    return 'header';
  }

  /** The row, or the rule that it breaks. */
  #rowIn({ fields, broken }: CsvRecord): Field<RetailRow> {
    if (broken) return { rule: 'a quoted field is not closed, or goes on behind its closing quote' };
    const width = this.file.header.names.length;
    return fields.length === width
      ? this.#read(fields)
      : { rule: `has ${fields.length} columns, the header has ${width}` };
  }
}
