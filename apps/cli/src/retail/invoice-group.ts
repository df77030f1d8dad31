import { shownText } from './file/shown-text.js';
import { invoiceKind, invoiceNoRule } from './invoice-number.js';

interface Seen {
  /** Where rows of this content are, repeated ones not. */
  readonly lines: number[];
  /** The last run with such a row, and how many such rows there were before it. */
  run: number;
  before: number;
  repeated: number;
}

/** What is kept of an invoice while its file is read: where its rows are and what they hash to, not the rows. */
export class InvoiceGroup {
  /** Of all its rows, but those that were left out. */
  readonly lines: number[] = [];
  readonly refusedLines: number[] = [];
  /** Why it cannot be taken as a whole. */
  flaw: { readonly line: number; readonly rule: string } | undefined;
  /** The time of its first row that can be read. */
  time: string | undefined;
  /** Rows that are taken, and what they come to. */
  items = 0;
  pieces = 0;

  #numberRule: string | undefined;
  #hashes: number[] = [];
  /** Once rows come after rows of other invoices. */
  #seen: Map<number, Seen> | undefined;

  constructor(
    public invoiceNo: string,
    /** Rows of one run follow each other in the file, with none of another invoice between them. */
    private readonly run: number,
  ) {
    this.#numberRule = invoiceNoRule(invoiceNo);
  }

  get kind(): ReturnType<typeof invoiceKind> {
    return invoiceKind(this.invoiceNo);
  }

  /** The rule that a row breaks by how it spells the invoice's number; the first spelling that breaks none counts. */
  spell(invoiceNo: string): string | undefined {
    if (invoiceNo === this.invoiceNo) return this.#numberRule;
    const rule = invoiceNoRule(invoiceNo);
    if (rule !== undefined) return rule;
    if (this.#numberRule === undefined)
      return `InvoiceNo is ${shownText(invoiceNo)} here, and ${shownText(this.invoiceNo)} on line ${this.lines[0]}`;
    this.invoiceNo = invoiceNo;
    return (this.#numberRule = undefined);
  }

  /**
   * The line that a row repeats: one that counts the same and stands before rows of other invoices. Each row is repeated
   * once in a run, so equal rows of one run are rows of their own.
   */
  repeats({ line, hash, run }: { line: number; hash: number; run: number }): number | undefined {
    if (run === this.run) return void this.#hashes.push(hash);
    this.#seen ??= this.#index();
    const seen = this.#seen.get(hash);
    if (!seen) return void this.#seen.set(hash, { lines: [line], run, before: 0, repeated: 0 });
    if (seen.run !== run) Object.assign(seen, { run, before: seen.lines.length, repeated: 0 });
    if (seen.repeated === seen.before) return void seen.lines.push(line);
    seen.repeated += 1;
    return seen.lines[seen.repeated - 1];
  }

  /** Whether its rows, two or more, stand there twice, one whole after the other: all count, and somebody may wonder. */
  get isDoubled(): boolean {
    const half = this.#hashes.length / 2;
    return Number.isInteger(half) && half > 1 && this.#hashes.every((hash, i) => hash === this.#hashes[i % half]);
  }

  #index(): Map<number, Seen> {
    const index = new Map<number, Seen>();
    this.#hashes.forEach((hash, i) => {
      const line = this.lines[i] ?? 0;
      const seen = index.get(hash);
      if (seen) seen.lines.push(line);
      else index.set(hash, { lines: [line], run: this.run, before: 0, repeated: 0 });
    });
    this.#hashes = [];
    return index;
  }
}
