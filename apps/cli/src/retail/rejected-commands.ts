import type { ServiceCommand } from '../http/command-sender.js';
import type { RefusedCommand } from './import-tally.js';
import { checkoutCommand, itemCommands, paymentCommand, returnCommand } from './retail-commands.js';
import type { PlannedInvoice } from './retail-plan.js';

/** A command that a service refused, by where the file asks for it. */
export interface RejectedCommand {
  readonly invoice: string;
  /** Of the command of a single row. */
  readonly line?: number;
  readonly type: string;
  readonly code: string;
  readonly reason?: string;
}

/** In the order of the file. */
export const rejectedCommands = (
  invoices: readonly PlannedInvoice[],
  refused: readonly RefusedCommand[],
): readonly RejectedCommand[] => {
  if (refused.length === 0) return [];
  const byId = new Map(refused.map((one) => [one.id, one]));
  return invoices.flatMap((invoice) =>
    commandsOf(invoice).flatMap(({ command: { id, type }, line }) => {
      const found = byId.get(id);
      if (!found) return [];
      const { code, detail: reason } = found;
      const place = line === undefined ? {} : { line };
      return [{ invoice: invoice.invoiceNo, ...place, type, code, ...(reason !== undefined && { reason }) }];
    }),
  );
};

interface Asked {
  readonly command: ServiceCommand;
  readonly line?: number;
}

const commandsOf = (invoice: PlannedInvoice): readonly Asked[] => {
  if (invoice.kind === 'return') return [{ command: returnCommand(invoice) }];
  const items = itemCommands(invoice).map((command, i): Asked => {
    const line = invoice.items[i]?.line;
    return line === undefined ? { command } : { command, line };
  });
  return [...items, { command: checkoutCommand(invoice) }, { command: paymentCommand(invoice) }];
};
