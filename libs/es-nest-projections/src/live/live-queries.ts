import { mayHoldSealed } from '@ledgerline/es-core/privacy';
import { ServiceNotReady } from '@ledgerline/es-nest';
import { factsOf } from '@ledgerline/es-nest/extension';
import { ServicePersonalData } from '@ledgerline/es-nest/privacy';
import { type BeforeApplicationShutdown, Injectable, StreamableFile } from '@nestjs/common';
import { answering, type Answering } from '../answers/answering.js';
import { Surroundings } from '../module/surroundings.js';
import { type Answer, type BoundQuery, run } from '../read-models/query.js';
import { ReadModels } from '../read-models/read-models.js';
import { formatEventId, hashOf } from './event-id.js';
import { EventStream, type Sighting } from './event-stream.js';
import { LiveQuery } from './live-query.js';
import type { StreamStart } from './stream-start.js';
import { TooManyStreams } from './too-many-streams.error.js';

/** All queries that clients follow, each kept as long as somebody does. */
@Injectable()
export class LiveQueries implements BeforeApplicationShutdown {
  readonly #queries = new Map<string, LiveQuery>();
  readonly #streams = new Set<EventStream>();
  #stopping = false;

  constructor(
    private readonly readModels: ReadModels,
    private readonly surroundings: Surroundings,
    private readonly personal: ServicePersonalData,
  ) {}

  /** How many streams are open. */
  get open(): number {
    return this.#streams.size;
  }

  /**
   * A stream of the query's answers for one client: what it is now, unless the client has seen that, then each change. It ends
   * with the client, with the service, and when the query cannot be answered any more.
   * @throws TooManyStreams; what the query and `ReadModels.reached` throw. Error outside of a request.
   */
  async follow<View>(query: BoundQuery<View>, { min, seen }: StreamStart): Promise<StreamableFile | undefined> {
    const request = answering();
    if (!request) throw new Error('a query is followed by who made a request');
    const stream = this.#opened(request);
    try {
      await this.readModels.reached(query.models, min);
      const isReached = await this.readModels.reachedIfPossible(query.models, seen?.positions ?? []);
      const answer = await run(query, (position) => request.setHeader('X-Position', position));
      const sighting = await this.#sight(answer);
      if (stream.destroyed) throw new ServiceNotReady('stopping');
      request.setHeader('Cache-Control', 'no-cache');
      // Positions alone do not tell: a retry, or another generation, says something else at the same ones. Nor does the hash where
      // they are none of this log: the client would come with them again and again.
      if (isReached && seen?.hash === sighting.hash) stream.assume(sighting);
      else stream.show(sighting);
      return this.#sent(query, stream, request);
    } catch (error) {
      stream.destroy();
      throw error;
    }
  }

  /** HTTP waits for what is being answered, and these would never be. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping = true;
    for (const stream of this.#streams) stream.finish();
    await Promise.all([...this.#queries.values()].map((query) => query.settled()));
  }

  #opened(request: Answering): EventStream {
    const { settings, platform } = this.surroundings;
    if (this.#stopping) throw new ServiceNotReady('stopping');
    if (this.open >= settings.maxStreams) throw new TooManyStreams(settings.maxStreams);
    const stream = new EventStream(platform);
    this.#streams.add(stream);
    stream.once('close', () => this.#streams.delete(stream));
    // A client may go before there is anything to send.
    request.onClose(() => stream.destroy());
    return stream;
  }

  #sent(query: BoundQuery<unknown>, stream: EventStream, request: Answering): StreamableFile | undefined {
    if (request.wantsHeadersOnly) {
      request.setHeader('Content-Type', EVENT_STREAM);
      return void stream.destroy();
    }
    this.#join(query, stream);
    return new StreamableFile(stream, { type: EVENT_STREAM });
  }

  #join(query: BoundQuery<unknown>, stream: EventStream): void {
    const live = this.#queries.get(query.name) ?? new LiveQuery(query, this.#optionsOf(query));
    this.#queries.set(query.name, live);
    live.join(stream);
    stream.once('close', () => {
      live.leave(stream);
      if (!live.followed && this.#queries.get(query.name) === live) this.#queries.delete(query.name);
    });
  }

  #optionsOf({ name }: BoundQuery<unknown>) {
    const { log, platform } = this.surroundings;
    const onTrouble = (error: unknown): void => log.warn('stream-failed', { view: name, ...factsOf(error) });
    return { platform, sight: (answer: Answer<unknown>) => this.#sight(answer), onTrouble };
  }

  /** As in an answer, personal fields are in plain text. */
  async #sight({ position, view }: Answer<unknown>): Promise<Sighting & { readonly hash: string }> {
    const sealed = JSON.stringify(view);
    const json = mayHoldSealed(sealed) ? await this.personal.openIn(sealed) : sealed;
    const hash = hashOf(json);
    return { id: formatEventId(position, hash), json, hash };
  }
}

const EVENT_STREAM = 'text/event-stream';
