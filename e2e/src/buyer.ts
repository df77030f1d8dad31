import { randomUUID } from 'node:crypto';
import { type Answer, ask } from './http.js';

/** Where the services are that a buyer turns to. */
export interface Desks {
  readonly orders: string;
  readonly payments: string;
  readonly projections: string;
}

/** Buys, and asks of each answer what follows from it: never twice, and never after a while. */
export class Buyer {
  constructor(private readonly desks: Desks) {}

  /** Six lanterns, ordered. */
  async order(id: string): Promise<Answer> {
    const { orders } = this.desks;
    const item = { sku: '71053', quantity: 6, unitPrice: { amount: '3.39', currency: 'GBP' } };
    await ask(`POST ${orders}/carts/${id}/items`, { body: item });
    return ask(`POST ${orders}/orders`, { body: { orderId: id, cartId: id, customerId: `customer-${id}` } });
  }

  /** Pays what was requested because of `placed`. */
  pay(id: string, placed: Answer, method = 'tok_ok'): Promise<Answer> {
    const headers = { 'x-reacted-to': positionOf(placed) };
    return ask(`POST ${this.desks.payments}/payments/${id}/process`, { body: { method }, headers });
  }

  /** Begins to pay, and does not wait for the outcome. Answers the position of the attempt. */
  async attempt(id: string, placed: Answer, method: string): Promise<string> {
    const command = { id: randomUUID(), type: 'ProcessPayment', stream: `payment-${id}`, data: { method } };
    const headers = { 'content-type': 'application/x-ndjson', 'x-reacted-to': positionOf(placed) };
    const { text } = await ask(`POST ${this.desks.payments}/commands`, { text: JSON.stringify(command), headers });
    return (JSON.parse(text) as { position: string }).position;
  }

  /** What a service says once it has reacted to the answer, or to a position. */
  state(url: string, path: string, answer: Answer | string): Promise<Answer> {
    return ask(`GET ${url}/${path}`, { headers: { 'x-reacted-to': positionOf(answer) } });
  }

  /** The order's page once it has seen the answers. */
  page(id: string, ...answers: readonly Answer[]): Promise<Answer> {
    const headers = { 'x-min-position': answers.map(positionOf).join(',') };
    return ask(`GET ${this.desks.projections}/orders/${id}`, { headers });
  }
}

const positionOf = (answer: Answer | string): string =>
  typeof answer === 'string' ? answer : (answer.header('x-position') ?? '');
