import type { DocumentQuery, Position, Projection } from '@ledgerline/es-core';
import { NotFound } from '@ledgerline/es-nest';
import type { StreamableFile } from '@nestjs/common';
import { answering } from '../answers/answering.js';
import type { LiveQueries } from '../live/live-queries.js';
import type { StreamStart } from '../live/stream-start.js';
import type { ParkedSign } from '../parked/parked-sign.js';
import type { PastViews } from '../past/past-views.js';
import { type Query, run } from './query.js';
import type { ReadModels } from './read-models.js';
import type { RunningReadModel } from './running-read-model.js';

export interface ReadOptions {
  /** What the answer has to have seen; it is waited for. */
  readonly min?: readonly Position[];
}

/** How one document is shown. */
export interface DocumentView<Document extends object, View extends object = Document> {
  /** Says which view it is, so that all who follow it are served by one query; without it each `view` function is another one. */
  readonly name?: string;
  /** What is answered of the document: all of it unless given. Undefined where there is nothing to show yet. */
  readonly view?: (document: Document) => View | undefined;
  /** What is thrown where nothing is there; `at`: at that time. */
  readonly notFound?: (id: string, at?: string) => Error;
}

export interface AsOfQuery extends ReadOptions {
  /** A recorded time, as `Date.toISOString` writes it. */
  readonly at: string;
  /** Whether the document of this id, as the store has it, goes into the answer; no other is folded. */
  readonly wants: (id: string) => boolean;
}

/**
 * What a service answers from a projection's documents. In a request every answer says in `X-Position` what it has seen, also
 * where nothing is there.
 * @throws ServiceNotReady while it is not open, which names the topic that it waits for; ValidationFailed for
 * positions that nobody reads here, PositionNotReached after five seconds; Unreadable, which names the document.
 */
export class ReadModel<Document extends object> {
  constructor(
    private readonly projection: Projection<Document>,
    private readonly parts: { readonly models: ReadModels; readonly live: LiveQueries; readonly past: PastViews },
  ) {}

  /**
   * One document, with a sign where it is parked; with `at`, as it was at that time.
   * @throws NotFound unless `notFound` says otherwise; NothingButParked; what `asOf` throws
   */
  async get<View extends object = Document>(
    id: string,
    { at, min, ...how }: DocumentView<Document, View> & ReadOptions & { readonly at?: string | undefined } = {},
  ): Promise<View & ParkedSign> {
    if (at === undefined) return this.run(this.one(id, how), min === undefined ? {} : { min });
    const [document] = await this.asOf({ at, wants: (other) => other === id, ...(min && { min }) });
    return this.#shown(id, document && viewOf(how)(document), { at, ...how });
  }

  /** The documents that the query finds, each with a sign where it is parked. */
  find(query: DocumentQuery, options: ReadOptions = {}): Promise<readonly (Document & ParkedSign)[]> {
    return this.run({ name: JSON.stringify(query), fetch: (documents) => documents.find(query) }, options);
  }

  /** The answer to a query, all of it from one generation of the documents. @throws what the query throws */
  async run<View>(query: Query<Document, View>, { min = [] }: ReadOptions = {}): Promise<View> {
    const { models } = this.parts;
    const running = this.#running();
    await models.reached([running], min);
    const { view } = await run(running.bind(query), (position) => answering()?.setHeader('X-Position', position));
    return view;
  }

  /**
   * The answer to the query as server-sent events: the state, then each change. To be returned by a controller.
   * @throws what the query throws; TooManyStreams
   */
  follow<View>(query: Query<Document, View>, start: StreamStart): Promise<StreamableFile | undefined> {
    return this.parts.live.follow(this.#running().bind(query), start);
  }

  /**
   * The documents as they were at a recorded time, folded from the log. `X-Events-Read` says what that cost.
   * @throws ValidationFailed for the future, or together with positions to wait for; AsOfRefused when it costs too much.
   */
  asOf({ min = [], ...query }: AsOfQuery): Promise<readonly Document[]> {
    return this.parts.past.documents(this.#running(), query, min);
  }

  /** The query for one document, to be followed. */
  one<View extends object = Document>(
    id: string,
    how: DocumentView<Document, View> = {},
  ): Query<Document, View & ParkedSign> {
    return {
      name: `${how.name ?? numberOf(how.view)}/${id}`,
      fetch: async (documents) => this.#shown(id, await documents.get(id, viewOf(how)), how),
    };
  }

  #shown<Shown extends object>(
    id: string,
    shown: Shown | undefined,
    { at, notFound }: Pick<DocumentView<Document>, 'notFound'> & { readonly at?: string },
  ): Shown {
    if (shown) return shown;
    const { name } = this.projection;
    throw notFound?.(id, at) ?? new NotFound(`${name}-not-found`, absence(name, id, at));
  }

  #running(): RunningReadModel<Document> {
    // Registered under its name is this projection and no other.
    return this.parts.models.named(this.projection.name) as RunningReadModel<object> as RunningReadModel<Document>;
  }
}

const viewOf =
  <Document extends object, View extends object>({ view }: DocumentView<Document, View>) =>
  (document: Document): View | undefined =>
    view ? view(document) : (document as unknown as View);

const numbers = new WeakMap<object, number>();
let lastNumber = 0;

/** Tells views apart that have no name. */
const numberOf = (view: object = viewOf): number => {
  const number = numbers.get(view) ?? (lastNumber += 1);
  numbers.set(view, number);
  return number;
};

const absence = (name: string, id: string, at: string | undefined): string =>
  at === undefined ? `there is no ${name} ${id}` : `there was no ${name} ${id} at ${at}`;
