import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { factsOf, type Log } from '../logging/log.js';
import type { EventSourcingSettings, ServiceStorage } from '../options/event-sourcing-options.js';
import { LOG, OPTIONS, STORAGE } from '../tokens.js';
import type { Condition, Phase, ManagedResource } from './managed-resource.js';

export type ServiceState = 'starting' | 'ready' | 'stopping' | 'failed';

/** So long closing one phase may take; a kill after that loses nothing. */
const CLOSED_WITHIN_MS = 5_000;

/**
 * Opens and closes everything that has to be in an order, by Nest's own hooks: those of the providers of one module run at the same
 * time. Stores open in the background from the global module's `onModuleInit` on, so that HTTP answers meanwhile; workers follow when the
 * application is up. Workers end first, while HTTP still answers; stores are closed behind the last answer.
 */
@Injectable()
export class Coordinator
  implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  readonly #parts: Readonly<Record<Phase, ManagedResource[]>> = { store: [], worker: [] };
  readonly #included: Condition[] = [];
  readonly #opened: Readonly<Record<Phase, ManagedResource[]>> = { store: [], worker: [] };
  #state: ServiceState = 'starting';
  #failure: unknown;
  #lock: { close(): Promise<void> } | undefined;
  #stores: Promise<void> = Promise.resolve();
  #isUp: (() => void) | undefined;
  readonly #up = new Promise<void>((resolve) => (this.#isUp = resolve));
  #ready: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  constructor(
    @Inject(OPTIONS) private readonly options: EventSourcingSettings,
    @Inject(STORAGE) private readonly storage: Pick<ServiceStorage, 'lock'>,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Opened in the order in which they are added, phase by phase, and closed in reverse order. Before `onModuleInit` only. */
  add(part: ManagedResource, phase: Phase): void {
    this.#parts[phase].push(part);
  }

  /** The condition of something that is no part counts from then on as that of the parts does. */
  include(condition: Condition): void {
    this.#included.push(condition);
  }

  /** True from when all parts have been opened until it is closed. */
  get isOpen(): boolean {
    return this.#state === 'ready';
  }

  /** `failed` while a part says why it does not work. */
  get state(): ServiceState {
    return this.isOpen && this.failure !== undefined ? 'failed' : this.#state;
  }

  get failure(): unknown {
    return this.#failure ?? this.#conditions.find(({ failure }) => failure !== undefined)?.failure;
  }

  /** What does not work as it should while the service goes on, a sentence each. */
  get degraded(): readonly string[] {
    return this.#conditions.flatMap(({ degraded = [] }) => degraded);
  }

  /** Resolves when everything is open. @throws the error of the part that could not be opened */
  get ready(): Promise<void> {
    return (
      this.#ready ?? Promise.reject(new Error('the application was not initialised: call app.init() or app.listen()'))
    );
  }

  /** Does what fails fast and begins the rest, waits for nothing: a module that gives a command in its own hook must not wait for ever. */
  async onModuleInit(): Promise<void> {
    this.#lock = await this.storage.lock(this.options.service);
    this.#stores = this.#openAll('store');
    this.#ready = this.#stores.then(() => this.#openWorkers());
    this.#ready.catch((failure: unknown) => {
      if (this.#closing) return;
      this.#failure = failure;
      this.#state = 'failed';
      this.log.error('start-failed', factsOf(failure));
    });
  }

  onApplicationBootstrap(): void {
    this.#isUp?.();
  }

  /** HTTP still answers: only what works by itself stops. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#state = 'stopping';
    this.#isUp?.();
    await this.#inTime(this.#closeAll('worker'));
  }

  async onApplicationShutdown(): Promise<void> {
    this.#closing ??= this.#closeStores();
    await this.#closing;
  }

  get #conditions(): readonly Condition[] {
    return [...this.#opened.store, ...this.#opened.worker, ...this.#included];
  }

  async #openAll(phase: Phase): Promise<void> {
    for (const part of this.#parts[phase]) {
      if (this.#state === 'stopping') return;
      this.#opened[phase].push(part);
      await part.open();
    }
  }

  async #openWorkers(): Promise<void> {
    await this.#up;
    await this.#openAll('worker');
    if (this.#state === 'starting') this.#state = 'ready';
  }

  async #closeStores(): Promise<void> {
    this.#state = 'stopping';
    try {
      await this.#inTime(this.#closeAll('store'));
    } finally {
      await this.#lock?.close();
    }
  }

  async #closeAll(phase: Phase): Promise<void> {
    for (const part of this.#opened[phase].splice(0).toReversed()) {
      try {
        await part.close();
      } catch (error) {
        // The others have to be closed all the same.
        this.log.error('close-failed', factsOf(error));
      }
    }
    // Its error has gone to whoever waits for `ready`.
    if (phase === 'store') await this.#stores.catch(() => undefined);
  }

  async #inTime(closing: Promise<void>): Promise<void> {
    let cancel = (): void => undefined;
    const late = new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        this.log.warn('closed-late', { afterMs: CLOSED_WITHIN_MS });
        resolve();
      }, CLOSED_WITHIN_MS);
      cancel = () => clearTimeout(timer);
    });
    await Promise.race([closing, late]);
    cancel();
  }
}
