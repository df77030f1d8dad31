import { formatPosition, type Position, ValidationFailed } from '@ledgerline/es-core';
import { ServiceNotReady } from '@ledgerline/es-nest';
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { answering, type Answering } from '../answers/answering.js';
import { Surroundings } from '../module/surroundings.js';
import type { RunningReadModel } from '../read-models/running-read-model.js';
import { AsOfRefused } from './as-of-refused.error.js';

/** So many are made at once: each keeps a processor busy. */
const AT_ONCE = 2;

/** What read models said at a recorded time, from the log. */
@Injectable()
export class PastViews implements BeforeApplicationShutdown {
  readonly #stopping = new AbortController();
  #underWay = 0;

  constructor(private readonly surroundings: Surroundings) {}

  /**
   * The documents as they were. `X-Position` says of each partition what they had seen, `X-Events-Read` what it cost.
   * @throws ValidationFailed for the future, or together with positions to wait for; AsOfRefused when it costs too much.
   */
  async documents<Document extends object>(
    model: Pick<RunningReadModel<Document>, 'asOf'>,
    query: { readonly at: string; readonly wants: (id: string) => boolean },
    min: readonly Position[],
  ): Promise<readonly Document[]> {
    this.#check(query.at, min);
    if (this.#underWay >= AT_ONCE) throw AsOfRefused.busy(AT_ONCE);
    this.#underWay += 1;
    try {
      const request = answering();
      let eventsRead = 0;
      const spend = this.#budget(request);
      const onRead = (events: number): void => spend((eventsRead += events));
      const { documents, positions } = await model.asOf({ ...query, onRead });
      request?.setHeader('X-Position', positions.map(formatPosition).join(', '));
      request?.setHeader('X-Events-Read', String(eventsRead));
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
    if (at > new Date(this.surroundings.platform.now()).toISOString())
      throw new ValidationFailed([{ field: 'at', rule: 'must not lie in the future' }]);
  }

  /** Throws once more was read than is allowed, it took too long, or nobody waits for it any more. */
  #budget(request: Answering | undefined): (eventsRead: number) => void {
    const { maxEvents, withinMs } = this.surroundings.settings.asOf;
    const began = performance.now();
    return (eventsRead) => {
      if (this.#stopping.signal.aborted) throw new ServiceNotReady('stopping');
      if (request?.isCutOff) throw new ServiceNotReady('not waited for any more');
      if (eventsRead > maxEvents) throw AsOfRefused.tooManyEvents(maxEvents);
      if (performance.now() - began > withinMs) throw AsOfRefused.tooSlow(withinMs / 1_000);
    };
  }
}
