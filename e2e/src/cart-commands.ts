import { ask } from './http.js';

/** What became of a command. */
export interface Verdict {
  readonly id: string;
  readonly status: string;
  readonly version?: number;
  readonly retriable?: boolean;
  readonly code?: string;
}

/** Puts one thing into a cart for each id, and answers the verdicts there are; none where nobody answered in full. */
export type SendToCart = (url: string, cart: string, ids: readonly string[]) => Promise<readonly Verdict[]>;

/** Whoever is not answered by then asks again, while the first request may still be under way. */
const giveUpAfterMs = 15_000;

const item = (index: number) => ({
  ...{ sku: `sku-${index % 3}`, quantity: 1, unitPrice: { amount: '1.00', currency: 'GBP' } },
});

/** All of them in one request. */
export const inOneRequest: SendToCart = async (url, cart, ids) => {
  const commands = ids.map((id, index) => ({
    ...{ id, type: 'AddItemToCart', stream: `cart-${cart}`, data: item(index) },
  }));
  const text = commands.map((command) => JSON.stringify(command)).join('\n');
  const headers = { 'content-type': 'application/x-ndjson' };
  const answer = await ask(`POST ${url}/commands`, { text, headers, giveUpAfterMs });
  if (answer.status !== 200) return [];
  return answer.text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Verdict);
};

/** Each in a request of its own, one after the other, up to the first that is refused. */
export const oneByOne: SendToCart = async (url, cart, ids) => {
  const verdicts: Verdict[] = [];
  for (const id of ids) {
    const { status, body } = await ask(`POST ${url}/carts/${cart}/items`, {
      ...{ body: item(0), headers: { 'idempotency-key': id }, giveUpAfterMs },
    });
    const told = body as Partial<Verdict>;
    verdicts.push({ ...told, id, status: status === 200 ? 'accepted' : 'rejected' });
    if (status !== 200) break;
  }
  return verdicts;
};
