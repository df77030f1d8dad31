import { jest } from '@jest/globals';
import type { FileSummary } from '../retail/file-summary.js';
import type { RefusedLine } from '../retail/retail-plan.js';
import { reportImport } from './import-report.js';

const summaryOf = (refused: readonly RefusedLine[]): FileSummary => ({
  format: { encoding: 'utf-8', separator: 'comma' },
  ...{ rows: 9, orders: 1, returns: 0, itemsAdded: 1, commands: {}, refusedLines: {}, refusedInvoices: {}, refused },
});

const reported = (done: FileSummary): string[] => {
  const lines: string[] = [];
  const write = jest.spyOn(process.stderr, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
  reportImport(done);
  write.mockRestore();
  return lines;
};

describe('what an import says of rows that are refused', () => {
  it('names their lines, by reason', () => {
    const refused = [3, 4, 5, 8].map((line): RefusedLine => ({ line, reason: 'non-positive-quantity' }));
    expect(reported(summaryOf([...refused, { line: 6, reason: 'non-positive-price' }]))).toEqual([
      'lines 3-5, 8 refused: non-positive-quantity\n',
      'line 6 refused: non-positive-price\n',
    ]);
  });

  it('says those that break a rule one by one, and those of incomplete invoices by invoice', () => {
    const refused: RefusedLine[] = [
      { line: 2, reason: 'malformed-row', rule: 'Quantity must be a whole number, is "six"' },
      { line: 3, reason: 'incomplete-invoice' },
    ];
    expect(reported(summaryOf(refused))).toEqual([
      'line 2 refused: malformed-row, Quantity must be a whole number, is "six"\n',
    ]);
  });
});
