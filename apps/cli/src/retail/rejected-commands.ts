import type { RefusedCommand } from './import-tally.js';
import { partsOfId } from './retail-commands.js';
import type { PlannedGroup } from './retail-plan.js';

/** A command that a service refused, by where the file asks for it. */
export interface RejectedCommand {
  readonly invoice: string;
  /** Of the command of a single row. */
  readonly line?: number;
  readonly type: string;
  readonly code: string;
  readonly reason?: string;
}

/** The parts of an invoice in their order, the rows before them. */
const TYPES = new Map([
  ['checkout', 'CheckOutCart'],
  ['payment', 'ProcessPayment'],
  ['return', 'RegisterReturn'],
]);

/** In the order of the file. */
export const rejectedCommands = (
  invoices: readonly PlannedGroup[],
  refused: readonly RefusedCommand[],
): readonly RejectedCommand[] => {
  const byInvoice = new Map<string, RefusedCommand[]>();
  for (const command of refused) {
    const { invoiceNo } = partsOfId(command.id);
    byInvoice.set(invoiceNo, [...(byInvoice.get(invoiceNo) ?? []), command]);
  }
  return invoices.flatMap((invoice) =>
    (byInvoice.get(invoice.invoiceNo) ?? [])
      .sort((a, b) => rank(a) - rank(b))
      .map((command) => rejectedCommand(invoice, command)),
  );
};

const LAST_PLACE = 1e9;

const rank = ({ id }: RefusedCommand): number => {
  const { part } = partsOfId(id);
  return TYPES.has(part) ? LAST_PLACE + [...TYPES.keys()].indexOf(part) : Number(part);
};

const rejectedCommand = (
  { invoiceNo: invoice, lines }: PlannedGroup,
  { id, code, detail: reason }: RefusedCommand,
): RejectedCommand => {
  const { part } = partsOfId(id);
  const line = lines[Number(part) - 1];
  return {
    invoice,
    ...(line !== undefined && { line }),
    type: TYPES.get(part) ?? 'AddItemToCart',
    code,
    ...(reason !== undefined && { reason }),
  };
};
