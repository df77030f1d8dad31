import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { FileUnusable } from './file/file-unusable.error.js';
import { type FileFormat, RetailFile } from './retail-file.js';

const HEADER = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country';
const row = (description: string, time = '2010-12-01 08:26:00'): string =>
  `536365,85123A,${description},6,${time},2.55,17850,Curaçao`;
const TEXT = [HEADER, row('HEART £'), row('LANTERN “B”'), ''].join('\n');

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ledgerline-file-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

const opened = async (content: string | Buffer, stated?: Partial<FileFormat>): Promise<RetailFile> => {
  const path = join(directory, 'orders.csv');
  await writeFile(path, content);
  return await RetailFile.open(path, stated);
};

/** What stands in the columns Description and Country, and where. */
const described = async (file: RetailFile): Promise<string[]> => {
  const { Description, Country } = file.header.at;
  const rows: string[] = [];
  for await (const block of file.rows())
    for (const { line, fields } of block) rows.push(`${line} ${fields[Description]} ${fields[Country]}`);
  return rows;
};

const READ = ['2 HEART £ Curaçao', '3 LANTERN “B” Curaçao'];

const utf16be = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();
/** The two characters of `TEXT` that are quotes have other numbers in Windows-1252 than in Unicode. */
const windows1252 = (text: string): Buffer => Buffer.from(text.replace('“', '\x93').replace('”', '\x94'), 'latin1');

describe('the encoding of a file', () => {
  it.each([
    ['UTF-8', Buffer.from(TEXT), 'utf-8'],
    ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${TEXT}`), 'utf-8'],
    ['UTF-16LE with a byte order mark', Buffer.from(`\ufeff${TEXT}`, 'utf16le'), 'utf-16le'],
    ['UTF-16BE with a byte order mark', utf16be(`\ufeff${TEXT}`), 'utf-16be'],
    ['UTF-16LE without one', Buffer.from(TEXT, 'utf16le'), 'utf-16le'],
    ['UTF-16BE without one', utf16be(TEXT), 'utf-16be'],
  ])('is seen: %s', async (_, content, encoding) => {
    const file = await opened(content);
    expect([file.format.encoding, await described(file)]).toEqual([encoding, READ]);
  });

  it('is taken as it is stated', async () => {
    expect(await described(await opened(windows1252(TEXT), { encoding: 'windows-1252' }))).toEqual(READ);
  });

  it('that is no Unicode has to be stated: the message names line, column and option', async () => {
    await expect(opened(windows1252(TEXT))).rejects.toThrow(
      /is not UTF-8: line 2, column 21\. Say which encoding it is in, such as --encoding windows-1252/,
    );
  });

  it('of a block far behind the beginning is checked as well', async () => {
    const many = Array.from({ length: 60_000 }, (_, i) => row(`HEART ${i} é`)).join('\n');
    const file = await opened(Buffer.concat([Buffer.from(`${HEADER}\n${many}\n`), windows1252(row('HEART £'))]));
    await expect(described(file)).rejects.toThrow(/line 60002, column 21/);
    const wide = await opened(Buffer.from(`${HEADER}\n${many}\n`, 'utf16le'));
    expect((await described(wide)).at(-1)).toBe('60001 HEART 59999 é Curaçao');
  });

  it.each([
    ['half a character at the end', Buffer.from(TEXT, 'utf16le').subarray(0, -3), /is not UTF-16le: line 3/],
    ['half an emoji', Buffer.from(TEXT.replace('HEART', '\ud83d'), 'utf16le'), /is not UTF-16le: line 2, column 15/],
    ['UTF-32', Buffer.from([0xff, 0xfe, 0, 0, 0x49, 0, 0, 0]), /is UTF-32, which is not read/],
  ])('refuses %s', async (_, content, message) => {
    const file = async (): Promise<string[]> => described(await opened(content));
    await expect(file()).rejects.toThrow(message);
  });

  it('that is stated has to agree with the byte order mark', async () => {
    await expect(opened(`\ufeff${TEXT}`, { encoding: 'windows-1252' })).rejects.toThrow(
      /byte order mark of utf-8, --encoding says windows-1252/,
    );
  });
});

describe('the lines of a file', () => {
  it.each([
    ['LF', '\n'],
    ['CR LF', '\r\n'],
    ['CR', '\r'],
  ])('may end in %s', async (_, end) => {
    for (const encoding of ['utf8', 'utf16le'] as const)
      expect(await described(await opened(Buffer.from(TEXT.replaceAll('\n', end), encoding)))).toEqual(READ);
  });

  it('may end in several ways', async () => {
    const mixed = [HEADER, '\r\n', row('A'), '\r', row('B'), '\n', row('C')].join('');
    expect(await described(await opened(mixed))).toEqual(['2 A Curaçao', '3 B Curaçao', '4 C Curaçao']);
  });

  it('that end in CR are read in blocks, too', async () => {
    const many = Array.from({ length: 30_000 }, (_, i) => row(`HEART ${i}`)).join('\r');
    expect((await described(await opened(`${HEADER}\r${many}`))).at(-1)).toBe('30001 HEART 29999 Curaçao');
  });

  it('that say nothing are none', async () => {
    const content = ['', HEADER, '', row('A'), ',,,,,,,', row('B'), '', ''].join('\n');
    expect(await described(await opened(content))).toEqual(['4 A Curaçao', '6 B Curaçao']);
  });
});

describe('the separator of a file', () => {
  it.each([
    ['comma', ','],
    ['semicolon', ';'],
    ['tab', '\t'],
    ['pipe', '|'],
  ])('is seen: %s', async (_, separator) => {
    const file = await opened(TEXT.replaceAll(',', separator).replace('HEART £', `"HEART £"`));
    expect([file.format.separator, await described(file)]).toEqual([separator, READ]);
  });

  it('is the one that a first line for Excel says', async () => {
    const later = READ.map((text) => text.replace(/^\d/, (line) => `${Number(line) + 1}`));
    for (const first of ['sep=;', '"sep=;"', 'SEP=;', '\ufeffsep=;'])
      expect(await described(await opened(`${first}\r\n${TEXT.replaceAll(',', ';')}`))).toEqual(later);
    await expect(opened(`sep=;\n${TEXT}`, { separator: ',' })).rejects.toThrow(/line 1 says .* semicolon, --separator/);
    await expect(opened(`sep=^\n${TEXT}`)).rejects.toThrow(/line 1 says "sep=\^"; a separator is one of comma/);
  });

  it('and what else a refusal of the file quotes shows no control characters', async () => {
    const messageOf = async (text: string): Promise<string> =>
      await opened(text).then(
        () => 'is taken',
        (error: unknown) => (error as Error).message,
      );
    for (const text of [`\x1b[31m${TEXT.replace(HEADER, 'x')}`, `sep=\x1b\n${TEXT}`, `${HEADER},"\x1bCountry"\n`]) {
      const message = await messageOf(text);
      expect(message).toContain('\\u{1B}');
      expect(message).not.toContain('\x1b');
    }
  });

  it('that is stated and not the right one is named', async () => {
    await expect(opened(TEXT, { separator: '\t' })).rejects.toThrow(
      /line 1 is no header: separated by a tab it names none of the columns, it begins with "InvoiceNo,/,
    );
  });
});

describe('the header of a file', () => {
  it.each([
    ['of Online Retail II', 'Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country'],
    [
      'in capitals, with signs',
      'INVOICE_NO,stock code,DESCRIPTION, Quantity ,invoice-date,UnitPrice,"Customer ID",country',
    ],
    ['with further columns', `${HEADER},Sheet`],
  ])('may be one %s', async (_, header) => {
    const { at } = (await opened(`${header}\n`)).header;
    expect(Object.values(at)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it.each([
    ['lacks a column', HEADER.replace(',UnitPrice', ''), /line 1 lacks the column UnitPrice; needed are InvoiceNo,/],
    ['lacks several', 'InvoiceNo,StockCode', /line 1 lacks the columns Description, Quantity, .* Customer ID\)$/],
    ['has a column twice', `${HEADER},Country`, /line 1 has the column Country twice: "Country" and "Country"/],
    ['has it under two names', `${HEADER},Invoice`, /line 1 has the column InvoiceNo twice: "InvoiceNo" and "Invoice"/],
    ['is a row', row('HEART'), /line 1 is no header: separated by a comma it names none .* "536365 85123A HEART/],
    ['is in another line', `\n\n${HEADER.replace(',UnitPrice', '')}`, /line 3 lacks the column UnitPrice/],
  ])('is refused when it %s', async (_, header, message) => {
    await expect(opened(`${header}\n`)).rejects.toThrow(FileUnusable);
    await expect(opened(`${header}\n`)).rejects.toThrow(message);
  });
});

describe('the order of day and month in a file', () => {
  const dates = (...times: string[]): string => [HEADER, ...times.map((time) => row('A', time)), ''].join('\n');

  it.each([
    ['year first', ['2010-12-01 08:26:00'], 'ymd'],
    ['year first, with slashes', ['2010/12/01 08:26'], 'ymd'],
    ['proven by a day above 12 in the middle', ['1/12/2010 8:26', '13/12/2010 8:26', '1/12/2010 8:26'], 'dmy'],
    ['proven by a day above 12 in the second place', ['12/1/2010 8:26', '12/13/2010 8:26'], 'mdy'],
    ['with dots', ['31.12.2010 08:26'], 'dmy'],
  ])('is seen: %s', async (_, times, order) => {
    expect((await opened(dates(...times))).format.dates).toBe(order);
  });

  it('is never guessed', async () => {
    await expect(opened(dates('12/1/2010 8:26', '12/12/2010 9:00'))).rejects.toThrow(
      /line 2 says "12\/1\/2010 8:26", and no date of the file shows which of both is the day: say --dates dmy/,
    );
    expect((await opened(dates('12/1/2010 8:26'), { dates: 'mdy' })).format.dates).toBe('mdy');
  });

  it('is not the one that was stated where a date proves the contrary', async () => {
    await expect(opened(dates('1/12/2010 8:26', '13/12/2010 8:26'), { dates: 'mdy' })).rejects.toThrow(
      /line 3 says "13\/12\/2010 8:26", which is no mdy, --dates says mdy/,
    );
    await expect(opened(dates('2010-12-01 8:26', '12/13/2010 8:26'), { dates: 'dmy' })).rejects.toThrow(
      /line 3 says "12\/13\/2010 8:26", which is no dmy, --dates says dmy/,
    );
    expect((await opened(dates('13/12/2010 8:26', '45/12/2010 8:26'), { dates: 'dmy' })).format.dates).toBe('dmy');
  });

  it.each([
    ['that does not exist', '45/02/2010 8:26'],
    ['of two months', '13/14/2010 8:26'],
    ['of another age', '13/02/0010 8:26'],
    ['that is still to come', '13/02/2999 8:26'],
  ])('is not proven by a day %s', async (_, text) => {
    await expect(opened(dates('01/02/2010 8:26', text, '03/02/2010 8:26'))).rejects.toThrow(
      /line 2 says "01\/02\/2010 8:26", and no date of the file shows which of both is the day: say --dates/,
    );
    expect((await opened(dates(text))).format.dates).toBeUndefined();
  });

  it.each(['12/13/2010 8:26 AM', '13/12/10 8:26', 'soon'])('is none where no date is read: %s', async (text) => {
    expect((await opened(dates(text))).format.dates).toBeUndefined();
  });

  it('that changes within a file is refused', async () => {
    await expect(opened(dates('1/2/2010 8:26', '13/2/2010 8:26', '2/13/2010 8:26'))).rejects.toThrow(
      /line 3 says "13\/2\/2010 8:26", and line 4 says "2\/13\/2010 8:26": day and month stand in no one order/,
    );
  });
});

describe('a file of another kind', () => {
  it.each([
    ['a workbook', Buffer.from('PK\x03\x04\x14\0\x06\0[Content_Types].xml'), /is a workbook .*save each sheet as "CSV/],
    ['an OpenDocument sheet', Buffer.from('PK\x03\x04\0mimetypeapplication/vnd.oasis.opendocument'), /is a workbook/],
    ['a zip archive', Buffer.from('PK\x03\x04\x14\0\0\0orders.csv'), /is a zip archive: unpack it/],
    ['an old workbook', Buffer.from('d0cf11e0a1b11ae10000', 'hex'), /is an old workbook \(\.xls\).*save each sheet as/],
    ['gzip', gzipSync(TEXT), /is compressed by gzip: unpack it/],
    ['a PDF document', Buffer.from('%PDF-1.7\n'), /is a PDF document/],
    ['HTML', Buffer.from('\ufeff\n<!DOCTYPE html><table><tr><td>InvoiceNo'), /is HTML or XML, not CSV/],
    ['JSON', Buffer.from('[{"InvoiceNo":"536365"}]'), /is JSON, not CSV/],
    ['a binary file', Buffer.from(Array.from({ length: 512 }, (_, i) => i % 251)), /is a binary file, not CSV/],
    ['nothing', Buffer.alloc(0), /is empty: line 1 has to name the columns/],
    ['nothing but a byte order mark', Buffer.from('\ufeff'), /is empty/],
    ['nothing but empty lines', Buffer.from('\r\n\r\n  \r\n'), /is empty|is no header/],
    ['nothing but a separator', Buffer.from('sep=;\n'), /is empty/],
  ])('is said to be what it is: %s', async (_, content, message) => {
    await expect(opened(content)).rejects.toThrow(FileUnusable);
    await expect(opened(content)).rejects.toThrow(message);
  });

  it('is a pipe, which is not waited for', async () => {
    const path = join(directory, 'pipe');
    await promisify(execFile)('mkfifo', [path]);
    await expect(RetailFile.open(path)).rejects.toThrow(/is a pipe or a device; write what it holds to a file/);
  });

  it('is a directory, or is not there, or a device', async () => {
    await expect(RetailFile.open(directory)).rejects.toThrow(/is a directory, not a file/);
    await expect(RetailFile.open(join(directory, 'none.csv'))).rejects.toThrow(/there is no such file/);
    await expect(RetailFile.open('/dev/null')).rejects.toThrow(/is a pipe or a device; write what it holds to a file/);
  });
});
