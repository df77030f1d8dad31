import { dateOrderOf } from './date-order.js';
import type { CsvRecord } from './file/csv-records.js';
import { encodingOf } from './file/encoding.js';
import { readHead } from './file/file-head.js';
import { refuseBinary, refuseOtherText } from './file/file-kind.js';
import { FileUnusable } from './file/file-unusable.error.js';
import { readLines } from './file/read-lines.js';
import { readRecords, type TextFormat } from './file/read-records.js';
import { separatorLine, separatorName, sniffSeparator } from './file/separator.js';
import { columnsNamed, readHeader, type RetailHeader } from './retail-columns.js';
import type { DateOrder } from './invoice-date.js';

/** How a file is written. */
export interface FileFormat extends TextFormat {
  /** Undefined where no date of the file can be read. */
  readonly dates: DateOrder | undefined;
}

/** A file of sales whose kind, format and header are known. It is read as often as somebody asks for its rows. */
export class RetailFile {
  private constructor(
    readonly path: string,
    readonly format: FileFormat,
    readonly header: RetailHeader,
  ) {}

  /**
   * What is not stated of the format is seen from the file.
   * @throws FileUnusable when it is of another kind, lacks columns, or does not show what was not stated
   */
  static async open(path: string, stated: Partial<FileFormat> = {}): Promise<RetailFile> {
    const encoding = await textEncoding(path, stated.encoding);
    const format = { encoding, separator: await separatorOf(path, encoding, stated.separator) };
    const header = await headerOf(path, format);
    const records = readRecords(path, format);
    const dates = await dateOrderOf({ path, header, records, stated: stated.dates });
    return new RetailFile(path, { ...format, dates }, header);
  }

  /** Its rows in blocks, without the header. */
  async *rows(): AsyncGenerator<readonly CsvRecord[]> {
    let header = true;
    for await (const block of readRecords(this.path, this.format)) {
      yield header ? block.slice(1) : block;
      header &&= block.length === 0;
    }
  }
}

const textEncoding = async (path: string, stated: string | undefined): Promise<string> => {
  const head = await readHead(path);
  refuseBinary(path, head);
  const encoding = encodingOf(path, head, stated);
  refuseOtherText(path, new TextDecoder(encoding).decode(head));
  return encoding;
};

const separatorOf = async (path: string, encoding: string, stated: string | undefined): Promise<string> => {
  for await (const [line = '', ...others] of readLines(path, encoding)) {
    const said = separatorLine(path, line);
    if (said !== undefined && stated !== undefined && said !== stated) {
      const [here, there] = [said, stated].map(separatorName);
      throw new FileUnusable(path, `line 1 says that the separator is a ${here}, --separator says a ${there}`);
    }
    const header = [line, ...others].find((text) => text.trim() !== '');
    return stated ?? said ?? sniffSeparator(header ?? '', columnsNamed);
  }
  throw isEmpty(path);
};

const headerOf = async (path: string, format: TextFormat): Promise<RetailHeader> => {
  for await (const [header] of readRecords(path, format))
    if (header) return readHeader({ path, separator: separatorName(format.separator) }, header);
  throw isEmpty(path);
};

const isEmpty = (path: string): FileUnusable => new FileUnusable(path, 'is empty: line 1 has to name the columns');
