import { mayHoldSealed, type Platform } from '@ledgerline/es-core';
import { factsOf, type Log, LOG, PLATFORM, ServiceNotReady, ServicePersonalData } from '@ledgerline/es-nest';
import { type BeforeApplicationShutdown, Inject, Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { PROJECTION_CONFIG, type ProjectionConfig } from '../projection-environment.js';
import { type Answer, ask, type Question } from '../read-models/question.js';
import { ReadModels } from '../read-models/read-models.js';
import { formatEventId, hashOf } from './event-id.js';
import { EventStream, type Sighting } from './event-stream.js';
import { LiveView } from './live-view.js';
import type { StreamStart } from './stream-start.js';
import { TooManyStreams } from './too-many-streams.error.js';

/** All views that clients follow, each kept as long as somebody does. */
@Injectable()
export class LiveViews implements BeforeApplicationShutdown {
  readonly #views = new Map<string, LiveView>();
  readonly #streams = new Set<EventStream>();
  #stopping = false;

  constructor(
    private readonly readModels: ReadModels,
    @Inject(PROJECTION_CONFIG) private readonly config: Pick<ProjectionConfig, 'MAX_STREAMS'>,
    @Inject(PLATFORM) private readonly platform: Platform,
    @Inject(LOG) private readonly log: Log,
    private readonly personal: ServicePersonalData,
  ) {}

  /** How many streams are open. */
  get open(): number {
    return this.#streams.size;
  }

  /**
   * A stream of the question's views for one client: what it is now, unless the client has seen that, then each change. It ends
   * with the client, with the service, and when the question cannot be answered any more.
   * @throws TooManyStreams; NotFound the question's own; what `ReadModels.reached` throws.
   */
  async follow<View>(
    question: Question<View>,
    { min, seen }: StreamStart,
    reply: FastifyReply,
  ): Promise<EventStream | undefined> {
    const stream = this.#opened(reply);
    try {
      await this.readModels.reached(question.models, min);
      const isReached = await this.readModels.reachedIfPossible(question.models, seen?.positions ?? []);
      const answer = await ask(question, (position) => void reply.header('X-Position', position));
      const sighting = await this.#sight(answer);
      if (stream.destroyed) throw new ServiceNotReady('stopping');
      void reply.header('Cache-Control', 'no-cache').type('text/event-stream');
      if (reply.request.method === 'HEAD') return void stream.destroy();
      // Positions alone do not tell: a retry, or another generation, says something else at the same ones. Nor does the hash where
      // they are none of this log: the client would come with them again and again.
      if (isReached && seen?.hash === sighting.hash) stream.assume(sighting);
      else stream.show(sighting);
      this.#join(question, stream);
      return stream;
    } catch (error) {
      stream.destroy();
      throw error;
    }
  }

  /** HTTP waits for what is being answered, and these would never be. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping = true;
    for (const stream of this.#streams) stream.finish();
    await Promise.all([...this.#views.values()].map((view) => view.settled()));
  }

  #opened(reply: FastifyReply): EventStream {
    if (this.#stopping) throw new ServiceNotReady('stopping');
    if (this.open >= this.config.MAX_STREAMS) throw new TooManyStreams(this.config.MAX_STREAMS);
    const stream = new EventStream(this.platform);
    this.#streams.add(stream);
    stream.once('close', () => this.#streams.delete(stream));
    // A client may go before there is anything to send.
    reply.raw.once('close', () => stream.destroy());
    return stream;
  }

  #join(question: Question<unknown>, stream: EventStream): void {
    const view = this.#views.get(question.name) ?? new LiveView(question, this.#surroundings(question));
    this.#views.set(question.name, view);
    view.join(stream);
    stream.once('close', () => {
      view.leave(stream);
      if (!view.followed && this.#views.get(question.name) === view) this.#views.delete(question.name);
    });
  }

  #surroundings({ name }: Question<unknown>) {
    const onTrouble = (error: unknown): void => this.log.warn('stream-failed', { view: name, ...factsOf(error) });
    return { platform: this.platform, sight: (answer: Answer<unknown>) => this.#sight(answer), onTrouble };
  }

  /** As in an answer, personal fields are in plain text. */
  async #sight({ position, view }: Answer<unknown>): Promise<Sighting & { readonly hash: string }> {
    const sealed = JSON.stringify(view);
    const json = mayHoldSealed(sealed) ? await this.personal.openIn(sealed) : sealed;
    const hash = hashOf(json);
    return { id: formatEventId(position, hash), json, hash };
  }
}
