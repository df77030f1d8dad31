import { withShop } from '../http/shop.js';
import { discardParked, type ParkedDocument, readParked, type Retried, retryParked } from '../parked/parked-list.js';
import type { Result } from '../terminal/print.js';
import { table } from '../terminal/table.js';

/** `es parked`: the documents that are not folded on. */
export const parkedVerb = async (): Promise<Result> => {
  const parked = await withShop(readParked);
  return { json: { parked }, text: parked.length === 0 ? 'No document is parked.' : listOf(parked) };
};

/** `es parked retry ID`; every one without an id. Not ok when one stays parked. */
export const retryVerb = (id: string | undefined): Promise<Result> =>
  withShop(async (shop) => {
    const ids = id === undefined ? (await readParked(shop)).map((one) => one.id) : [id];
    const retried: Retried[] = [];
    for (const one of ids) retried.push(await retryParked(shop, one));
    return resultOf(retried);
  });

/** `es parked discard ID --reason TEXT`: not ok when it stays parked, because of another event. */
export const discardVerb = (id: string, { reason }: { readonly reason: string }): Promise<Result> =>
  withShop(async (shop) => resultOf([await discardParked(shop, id, reason)]));

const resultOf = (retried: readonly Retried[]): Result => {
  const still = retried.flatMap(({ parked }) => parked ?? []);
  const done = `${retried.length - still.length} of ${retried.length} documents are folded on.`;
  const text = still.length === 0 ? done : `${done}\n\n${listOf(still)}`;
  return { ok: still.length === 0, json: { retried }, text };
};

const listOf = (parked: readonly ParkedDocument[]): string =>
  table(
    ['id', 'projection', 'document', 'since', 'event', 'reason'],
    parked.map(({ id, projection, document, since, event, reason }) => [
      ...[id, projection, document, since, `${event.type} ${event.position}`, reason],
    ]),
  );
