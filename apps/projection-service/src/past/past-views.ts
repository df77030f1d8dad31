import { type DomainEvent, formatPosition, type JsonObject, type Platform, type Position, ValidationFailed } from '@ledgerline/es-core';
import { PLATFORM, ServiceNotReady } from '@ledgerline/es-nest';
import { type BeforeApplicationShutdown, Inject, Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { PROJECTION_CONFIG, type ProjectionConfig } from '../projection-environment.js';
import type { ReadModel } from '../read-models/read-model.js';
import { AsOfRefused } from './as-of-refused.error.js';

/** So many are made at once: each keeps a processor busy. */
const AT_ONCE = 2;

export interface PastQuestion<E extends DomainEvent, Document extends JsonObject> {
  readonly of: Pick<ReadModel<E, Document>, 'asOf'>;
  readonly at: string;
  /** Whether the document of this id, as the store has it, goes into the answer. */
  readonly wants: (id: string) => boolean;
}

/** What read models said at a recorded time, from the log. */
@Injectable()
export class PastViews implements BeforeApplicationShutdown {
  readonly #stopping = new AbortController();
  #underWay = 0;

  constructor(
    @Inject(PROJECTION_CONFIG) private readonly config: Pick<ProjectionConfig, 'AS_OF_MAX_EVENTS' | 'AS_OF_WITHIN_S'>,
    @Inject(PLATFORM) private readonly platform: Platform,
  ) {}

  /**
   * The documents as they were. `X-Position` says of each partition what they had seen, `X-Events-Read` what it cost.
   * @throws ValidationFailed for the future, or together with positions to wait for; AsOfRefused when it costs too much.
   */
  async documents<E extends DomainEvent, Document extends JsonObject>(
    { of, at, wants }: PastQuestion<E, Document>,
    min: readonly Position[],
    reply: FastifyReply,
  ): Promise<readonly Document[]> {
    this.#check(at, min);
    if (this.#underWay >= AT_ONCE) throw AsOfRefused.busy(AT_ONCE);
    this.#underWay += 1;
    try {
      let eventsRead = 0;
      const spend = this.#budget(reply);
      const onRead = (events: number): void => spend((eventsRead += events));
      const { documents, positions } = await of.asOf({ at, wants, onRead });
      void reply.headers({
        'X-Position': positions.map(formatPosition).join(', '),
        'X-Events-Read': String(eventsRead),
      });
      return documents;
    } finally {
      this.#underWay -= 1;
    }
  }

  /** HTTP waits for what is being answered. */
  beforeApplicationShutdown(): void {
    this.#stopping.abort();
  }

  #check(at: string, min: readonly Position[]): void {
    if (min.length > 0)
      throw new ValidationFailed([{ field: 'X-Min-Position', rule: 'must not come together with at' }]);
    if (at > new Date(this.platform.now()).toISOString())
      throw new ValidationFailed([{ field: 'at', rule: 'must not lie in the future' }]);
  }

  /** Throws once more was read than is allowed, it took too long, or nobody waits for it any more. */
  #budget(reply: FastifyReply): (eventsRead: number) => void {
    const { AS_OF_MAX_EVENTS: events, AS_OF_WITHIN_S: seconds } = this.config;
    const began = performance.now();
    return (eventsRead) => {
      if (this.#stopping.signal.aborted) throw new ServiceNotReady('stopping');
      if (reply.raw.destroyed) throw new ServiceNotReady('not waited for any more');
      if (eventsRead > events) throw AsOfRefused.tooManyEvents(events);
      if (performance.now() - began > seconds * 1_000) throw AsOfRefused.tooSlow(seconds);
    };
  }
}
