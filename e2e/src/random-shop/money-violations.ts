import { minus, sumOf } from '@ledgerline/events';
import type { Movement } from './counting-gateway.js';
import type { ShopEvent } from './recorded-money.js';

export interface Moved {
  readonly events: readonly ShopEvent[];
  readonly movements: readonly Movement[];
}

type Type = ShopEvent['type'];
type Of<T extends Type> = Extract<ShopEvent, { readonly type: T }>;

const CURRENCY = 'GBP';
/** Of a payment that nobody has paid, and that may still be. */
const OPEN: readonly Type[] = ['PaymentRequested', 'PaymentDeclined'];

/** What must not be in a shop in which nothing is under way, a sentence each. */
export const moneyViolations = (moved: Moved): readonly string[] => [
  ...ofCharges(moved),
  ...ofRefunds(moved),
  ...ofOrders(moved),
  ...ofReturns(moved),
  ...ofMovements(moved),
];

/** Each attempt has one outcome, and moved money once or not at all, as that says. */
const ofCharges = ({ events, movements }: Moved): readonly string[] =>
  all(events, 'PaymentAttempted').flatMap(({ context: { id } }) => {
    const outcomes = [...all(events, 'PaymentProcessed'), ...all(events, 'PaymentDeclined')].filter(causedBy(id));
    const charges = movements.filter(({ kind, key }) => kind === 'charge' && key === id);
    const expected = outcomes[0]?.type === 'PaymentProcessed' ? 1 : 0;
    return outcomes.length === 1 && charges.length === expected
      ? []
      : [`attempt ${id} has ${outcomes.length} outcomes and was charged ${charges.length} times`];
  });

const ofRefunds = ({ events, movements }: Moved): readonly string[] =>
  all(events, 'PaymentRefunded').flatMap(({ data, context: { id } }) => {
    const outcomes = all(events, 'RefundPaidOut').filter(causedBy(id));
    const refunds = movements.filter(({ kind, key }) => kind === 'refund' && key === id);
    return outcomes.length === 1 && refunds.length === 1 && refunds[0]?.amount.amount === data.amount.amount
      ? []
      : [`refund ${id} has ${outcomes.length} outcomes and was paid out ${refunds.length} times`];
  });

/** An order ends, or waits for a payment that nobody has made; what is kept of its money is what it is worth. */
const ofOrders = (moved: Moved): readonly string[] =>
  all(moved.events, 'OrderCreated').flatMap(({ data: { orderId, total } }) => {
    const kept = keptOf(orderId, moved.movements);
    const says = (what: string): readonly string[] => [`order ${orderId} ${what}, and ${kept} of its money is kept`];
    const last = lastOf(moved.events, orderId);
    if (has(moved.events, 'OrderCancelled', orderId)) return kept === '0.00' ? [] : says('is cancelled');
    if (!has(moved.events, 'OrderConfirmed', orderId))
      return last !== undefined && OPEN.includes(last) && kept === '0.00' ? [] : says(`has not ended (${last})`);
    const returned = all(moved.events, 'ReturnRegistered').filter(({ data }) => data.orderId === orderId);
    const worth = minus(total, sumOf(returned.map(({ data }) => data.total), CURRENCY), CURRENCY); // prettier-ignore
    return kept === worth ? [] : says(`is worth ${worth}`);
  });

/** What an order has accepted is registered or released, and what is registered is refunded, unless all went back anyway. */
const ofReturns = ({ events }: Moved): readonly string[] => [
  ...all(events, 'ReturnAccepted')
    .filter(({ data: { returnId } }) => !all(events, 'ReturnRegistered').some(({ data }) => data.returnId === returnId))
    .filter(({ data: { returnId } }) => !all(events, 'ReturnReleased').some(({ data }) => data.returnId === returnId))
    .map(({ data }) => `return ${data.returnId} is accepted, and neither registered nor released`),
  ...all(events, 'ReturnRegistered')
    .filter(({ data: { orderId } }) => orderId === undefined || !has(events, 'OrderCancelled', orderId))
    .filter(({ data: { returnId } }) => !all(events, 'PaymentRefunded').some(({ data }) => data.returnId === returnId))
    .map(({ data }) => `return ${data.returnId} is registered, and not refunded`),
];

/** Nothing moves that was not recorded before. */
const ofMovements = ({ events, movements }: Moved): readonly string[] => {
  const recorded = new Set(
    [...all(events, 'PaymentAttempted'), ...all(events, 'PaymentRefunded')].map(({ context }) => context.id),
  );
  return movements.filter(({ key }) => !recorded.has(key)).map(({ kind, key }) => `${kind} ${key} was not recorded`);
};

const all = <T extends Type>(events: readonly ShopEvent[], type: T): readonly Of<T>[] =>
  events.filter((event): event is Of<T> => event.type === type);

const causedBy =
  (id: string) =>
  ({ context }: ShopEvent): boolean =>
    context.causationId === id;

const has = (events: readonly ShopEvent[], type: 'OrderConfirmed' | 'OrderCancelled', orderId: string): boolean =>
  all(events, type).some(({ data }) => data.orderId === orderId);

const lastOf = (events: readonly ShopEvent[], paymentId: string): Type | undefined =>
  events.findLast(({ context }) => context.stream === `payment-${paymentId}`)?.type;

const keptOf = (paymentId: string, movements: readonly Movement[]): string => {
  const sum = (wanted: Movement['kind']): string =>
    sumOf(
      movements.flatMap(({ kind, amount, ...of }) =>
        kind === wanted && of.paymentId === paymentId ? [amount.amount] : [],
      ),
      CURRENCY,
    );
  return minus(sum('charge'), sum('refund'), CURRENCY);
};
