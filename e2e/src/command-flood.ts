import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'undici';

export interface FloodOptions {
  readonly url: string;
  readonly connections: number;
  /** Of each request. */
  readonly bytes: number;
}

/** What one connection was answered. */
export interface FloodAnswer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly text: string;
}

const HEADERS = { 'content-type': 'application/x-ndjson' };
const CARTS = 100;

/** As many commands as fit into so many bytes, with ids of their own for each number. */
const bodies = (bytes: number): ((number: number) => string) => {
  const unitPrice = { amount: '2.55', currency: 'GBP' };
  const lines: string[] = [];
  for (let size = 0; size < bytes;) {
    const [id, stream] = [`flood-#-${lines.length}`, `cart-flood-#-${lines.length % CARTS}`];
    const data = { sku: `sku-${lines.length}`, description: 'x'.repeat(60), quantity: 1, unitPrice };
    const line = JSON.stringify({ id, type: 'AddItemToCart', stream, data });
    // Three digits take the place of each #.
    size += line.length + 5;
    if (size < bytes) lines.push(line);
  }
  const template = lines.join('\n');
  return (number) => template.replaceAll('#', `${number}`.padStart(3, '0'));
};

/** Many clients that each send many commands in one request, all at the same time. */
export const floodCommands = async ({ url, connections, bytes }: FloodOptions): Promise<readonly FloodAnswer[]> => {
  const bodyOf = bodies(bytes);
  const all = Array.from({ length: connections }, (_, number) => bodyOf(number));
  return await Promise.all(all.map((body) => sendOnce(url, body)));
};

/** One more of these clients, which comes again after as long as it is asked to wait. */
export const sendUntilTaken = async (url: string, bytes: number): Promise<FloodAnswer> => {
  const body = bodies(bytes)(999);
  let answer = await sendOnce(url, body);
  while (answer.status === 503) {
    await pause(1_000 * Number(answer.retryAfter));
    answer = await sendOnce(url, body);
  }
  return answer;
};

const sendOnce = async (url: string, body: string): Promise<FloodAnswer> => {
  const client = new Client(url, { headersTimeout: 0, bodyTimeout: 0 });
  try {
    const answer = await client.request({ method: 'POST', path: '/commands', headers: HEADERS, body });
    const { 'retry-after': retryAfter } = answer.headers;
    return { status: answer.statusCode, retryAfter: retryAfter?.toString(), text: await answer.body.text() };
  } finally {
    await client.destroy();
  }
};
