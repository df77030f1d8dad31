import type { ServiceCommand } from '../http/command-sender.js';
import type { PlannedInvoice, PlannedItem } from './retail-plan.js';

/*
 * The commands of one invoice. Their ids derive from its number and the row's place within it, so importing the same file
 * again repeats the same commands, which record nothing. An invoice is one conversation.
 */

const inConversation = (
  { invoiceNo }: Pick<PlannedInvoice, 'invoiceNo'>,
  part: string | number,
): Required<Pick<ServiceCommand, 'id' | 'correlationId'>> => ({
  id: `retail-${invoiceNo}-${part}`,
  correlationId: `retail-${invoiceNo}`,
});

/** What `inConversation` made the id of. */
export const partsOfId = (id: string): { readonly invoiceNo: string; readonly part: string } => {
  const end = id.lastIndexOf('-');
  return { invoiceNo: id.slice('retail-'.length, end), part: id.slice(end + 1) };
};

const lineOf = ({ sku, description, quantity, unitPrice }: PlannedItem): object => ({
  ...{ sku, quantity, unitPrice: { amount: unitPrice, currency: 'GBP' } },
  ...(description === '' ? {} : { description }),
});

/** A sale's rows go into its cart, one command each. */
export const itemCommands = (sale: PlannedInvoice): readonly ServiceCommand[] =>
  sale.items.map((item) => ({
    ...inConversation(sale, item.place),
    type: 'AddItemToCart',
    stream: `cart-${sale.invoiceNo}`,
    data: lineOf(item),
  }));

/** Turns the cart into the order; the order process does the rest up to the payment. */
export const checkoutCommand = (sale: PlannedInvoice): ServiceCommand => ({
  ...inConversation(sale, 'checkout'),
  type: 'CheckOutCart',
  stream: `cart-${sale.invoiceNo}`,
  data: { orderId: sale.invoiceNo, customerId: sale.customerId, country: sale.country, placedAt: sale.time },
});

export const paymentCommand = (sale: Pick<PlannedInvoice, 'invoiceNo'>): ServiceCommand => ({
  ...inConversation(sale, 'payment'),
  type: 'ProcessPayment',
  stream: `payment-${sale.invoiceNo}`,
  data: { method: 'tok_ok' },
});

/** Goods that came back; the refund follows by itself. */
export const returnCommand = (goods: PlannedInvoice): ServiceCommand => ({
  ...inConversation(goods, 'return'),
  type: 'RegisterReturn',
  stream: `return-${goods.invoiceNo}`,
  data: {
    ...{ customerId: goods.customerId, country: goods.country, registeredAt: goods.time },
    lines: goods.items.map(lineOf),
  },
});
