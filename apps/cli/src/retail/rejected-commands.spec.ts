import type { PlannedGroup } from './retail-plan.js';
import { rejectedCommands } from './rejected-commands.js';

const invoice = (invoiceNo: string, kind: PlannedGroup['kind'], lines: readonly number[]): PlannedGroup => ({
  ...{ kind, invoiceNo, lines, time: '2010-12-01T08:26:00.000Z', items: lines.length },
});
const file = [invoice('1', 'sale', [2, 3]), invoice('2', 'sale', [4]), invoice('C3', 'return', [5, 6])];

describe('rejected commands', () => {
  it('are named by what the file has, in its order', () => {
    const refused = [
      { id: 'retail-C3-return', code: 'd' },
      { id: 'retail-2-payment', code: 'c' },
      { id: 'retail-2-checkout', code: 'b' },
      { id: 'retail-1-2', code: 'a', detail: 'too much of it' },
    ];
    expect(rejectedCommands(file, refused)).toEqual([
      { invoice: '1', line: 3, type: 'AddItemToCart', code: 'a', reason: 'too much of it' },
      { invoice: '2', type: 'CheckOutCart', code: 'b' },
      { invoice: '2', type: 'ProcessPayment', code: 'c' },
      { invoice: 'C3', type: 'RegisterReturn', code: 'd' },
    ]);
  });

  it('are none where none was', () => {
    expect(rejectedCommands(file, [])).toEqual([]);
  });
});
