import type { DocumentQuery, Position } from '@ledgerline/es-core';
import type { ParkedSign } from '../parked/parked-sign.js';
import type { ChangeFeed } from './change-feed.js';

/** The documents of the one generation that a query is run on. */
export interface Documents<Document extends object> {
  /**
   * What the view makes of the document (without one: the document), with a sign where it is parked; undefined where there is
   * none, or the view makes none of it. @throws NothingButParked, Unreadable
   */
  get<View extends object = Document>(
    id: string,
    view?: (document: Document) => View | undefined,
  ): Promise<(View & ParkedSign) | undefined>;
  /** The same of all that the query finds, in its order; those of which the view makes nothing are left out. */
  find<View extends object = Document>(
    query: DocumentQuery,
    view?: (document: Document) => View | undefined,
  ): Promise<readonly (View & ParkedSign)[]>;
  /** The sign of what is made of many documents: any that is parked may belong in it. */
  sign(): Promise<ParkedSign>;
}

/** What a read model can be asked, once or again and again. */
export interface Query<Document extends object, View> {
  /** Two queries of one name get the same answers: who follow them are served by one. */
  readonly name: string;
  /** @throws NotFound, or what else says that there is no answer. */
  fetch(documents: Documents<Document>): Promise<View>;
}

/** A read model that a query is run on. */
export interface Queried {
  readonly name: string;
  /** That of the generation which answers now. */
  readonly collection: string;
  readonly changes: ChangeFeed;
  /** False when the documents have not seen as much in time. */
  waitFor(position: Position, timeoutMs: number): Promise<boolean>;
}

/** A query of one or several read models, ready to be run. */
export interface BoundQuery<View> {
  readonly name: string;
  /** Those that the answer comes from. */
  readonly models: readonly Queried[];
  /** How far they have come. Taken before `fetch`, it never promises too much. */
  position(): string;
  fetch(): Promise<View>;
}

export interface Answer<View> {
  readonly view: View;
  /** What the view has seen at least. */
  readonly position: string;
}

/**
 * Runs the query on one generation of each read model: where another one takes over meanwhile, once more. `onPosition` is called
 * before anything is read, so that the position is known also where nothing is there.
 */
export const run = async <View>(
  query: BoundQuery<View>,
  onPosition: (position: string) => void = () => undefined,
): Promise<Answer<View>> => {
  for (;;) {
    const before = collectionsOf(query);
    const position = query.position();
    onPosition(position);
    const [fetched] = await Promise.allSettled([query.fetch()]);
    if (collectionsOf(query) !== before) continue;
    if (fetched.status === 'rejected') throw fetched.reason;
    return { position, view: fetched.value };
  }
};

const collectionsOf = ({ models }: Pick<BoundQuery<unknown>, 'models'>): string =>
  models.map(({ collection }) => collection).join(' ');
