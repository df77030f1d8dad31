import type { ForwardedCommand, Outcome, Position, RawEvent, RehearsedStore, StreamFold } from '@ledgerline/es-core';
import type { Provider } from '@nestjs/common';
import { ServiceInstances } from '../instances/service-instances.js';
import { LOG, SERVICE, SETTINGS, STORAGE } from '../service-tokens.js';
import { OwnEventStore } from '../store/own-event-store.js';

/** The service's store in a rehearsal: never open, and its aggregates answer what was recorded. */
class RehearsedEventStore extends OwnEventStore {
  constructor(
    private readonly recorded: RehearsedStore,
    ...given: ConstructorParameters<typeof OwnEventStore>
  ) {
    super(...given);
  }

  override forward(stream: string, command: ForwardedCommand): Promise<Outcome> {
    return this.recorded.forward(stream, command);
  }

  override fresh(stream: string): Promise<void> {
    return this.recorded.fresh(stream);
  }

  /** What was recorded is all that there is. */
  override requireReached(): Promise<void> {
    return Promise.resolve();
  }

  override version(stream: string): number {
    return this.recorded.version(stream);
  }

  override versionAt(stream: string, time: string): number {
    return this.recorded.versionAt(stream, time);
  }

  override read(...asked: Parameters<OwnEventStore['read']>): Iterable<RawEvent> {
    return this.recorded.read(...asked);
  }

  override stateOf<State>(stream: string, fold: StreamFold<State>, version?: number): State {
    return this.recorded.stateOf(stream, fold, version);
  }

  override load<State>(stream: string, fold: StreamFold<State>, version?: number): Promise<State> {
    return this.recorded.load(stream, fold, version);
  }

  override positionOf(stream: string, ordinal: number): Position {
    return this.recorded.positionOf(stream, ordinal);
  }
}

/** In the place of the service's store. */
export const rehearsedEventStore = (recorded: RehearsedStore): Provider => ({
  provide: OwnEventStore,
  useFactory: (...given: ConstructorParameters<typeof OwnEventStore>) => new RehearsedEventStore(recorded, ...given),
  inject: [SERVICE, SETTINGS, STORAGE, LOG, ServiceInstances],
});
