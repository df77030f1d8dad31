import { withShop } from '../http/shop.js';
import {
  discardParked,
  type ParkedDocument,
  type ParkedList,
  type ParkedReaction,
  readParked,
  type Retried,
  retryParked,
} from '../parked/parked-list.js';
import type { Result } from '../terminal/print.js';
import { table } from '../terminal/table.js';

/** `es parked`: the documents that are not folded on, and the streams that reactors hold. */
export const parkedVerb = async (): Promise<Result> => {
  const { documents, reactions } = await withShop(readParked);
  const lists = listsOf(documents, reactions);
  return { json: { parked: documents, reactions }, text: lists === '' ? 'Nothing is parked.' : lists };
};

/** `es parked retry ID`; without an id everything that needs no person's look first. Not ok when one stays parked. */
export const retryVerb = (id: string | undefined): Promise<Result> =>
  withShop(async (shop) => {
    const list = await readParked(shop);
    const retried: Retried[] = [];
    for (const one of id === undefined ? safeToRetry(list) : [id])
      retried.push(await retryParked(list.ownerOf(one), one));
    return resultOf(retried);
  });

/** `es parked discard ID --reason TEXT`: not ok when it stays parked, because of another event. */
export const discardVerb = (id: string, { reason }: { readonly reason: string }): Promise<Result> =>
  withShop(async (shop) => {
    const list = await readParked(shop);
    return resultOf([await discardParked(list.ownerOf(id), id, reason)]);
  });

/** Whether an effect was performed whose outcome may be lost is to be looked up outside, one by one. */
const safeToRetry = ({ documents, reactions }: ParkedList): readonly string[] =>
  [...documents, ...reactions.filter(({ code }) => code !== 'outcome-uncertain')].map(({ id }) => id);

const resultOf = (retried: readonly Retried[]): Result => {
  const still = retried.flatMap(({ parked }) => parked ?? []);
  const done = `${retried.length - still.length} of ${retried.length} go on.`;
  const lists = listsOf(
    still.filter((one) => 'document' in one),
    still.filter((one) => 'reactor' in one),
  );
  return { ok: still.length === 0, json: { retried }, text: lists === '' ? done : `${done}\n\n${lists}` };
};

const listsOf = (documents: readonly ParkedDocument[], reactions: readonly ParkedReaction[]): string =>
  [
    ...(documents.length > 0 ? [documentsTable(documents)] : []),
    ...(reactions.length > 0 ? [reactionsTable(reactions)] : []),
  ].join('\n\n');

const documentsTable = (parked: readonly ParkedDocument[]): string =>
  table(
    ['id', 'projection', 'document', 'since', 'event', 'reason'],
    parked.map(({ id, projection, document, since, event, reason }) => [
      ...[id, projection, document, since, `${event.type} ${event.position}`, reason],
    ]),
  );

const reactionsTable = (parked: readonly ParkedReaction[]): string =>
  table(
    ['id', 'reactor', 'stream', 'since', 'message', 'reason'],
    parked.map(({ id, reactor, stream, since, message, code, reason }) => [
      ...[id, reactor, stream, since, `${message.type} ${message.position}`, `${code}: ${reason}`],
    ]),
  );
