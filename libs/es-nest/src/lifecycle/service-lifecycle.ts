import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { factsOf, type Log } from '../logging/log.js';
import { LOG, SERVICE } from '../service-tokens.js';
import type { ServiceDefinition } from '../service-definition.js';
import type { Condition, ServicePart } from './service-part.js';

export type ServiceState = 'starting' | 'ready' | 'stopping' | 'failed';

/** So long closing may take altogether; a kill after that loses nothing. */
const CLOSED_WITHIN_MS = 5_000;

/**
 * Opens a service's parts in their order while HTTP already answers, and closes them in reverse order once HTTP has
 * stopped: what was being answered is answered, and nothing is open when the process ends.
 */
@Injectable()
export class ServiceLifecycle implements OnApplicationShutdown {
  #state: ServiceState = 'starting';
  #opened: ServicePart[] = [];
  readonly #included: Condition[] = [];
  #opening: Promise<void> = Promise.resolve();
  #closing: Promise<void> | undefined;

  constructor(
    private readonly modules: ModuleRef,
    @Inject(SERVICE) private readonly service: ServiceDefinition,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** True from when all parts have been opened until it is closed. */
  get isOpen(): boolean {
    return this.#state === 'ready';
  }

  /** `failed` while a part says why it does not work. */
  get state(): ServiceState {
    return this.isOpen && this.failure !== undefined ? 'failed' : this.#state;
  }

  get failure(): unknown {
    return this.#conditions.find(({ failure }) => failure !== undefined)?.failure;
  }

  /** What does not work as it should while the service goes on, a sentence each. */
  get degraded(): readonly string[] {
    return this.#conditions.flatMap(({ degraded = [] }) => degraded);
  }

  /** The condition of something that is no part of the service counts from then on as that of its parts does. */
  include(condition: Condition): void {
    this.#included.push(condition);
  }

  /** Resolves when the service is ready. @throws the error of the part that could not be opened. */
  open(): Promise<void> {
    this.#opening = this.#open();
    return this.#opening;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.close();
  }

  /** Closes everything. Safe to repeat. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  get #conditions(): readonly Condition[] {
    return [...this.#opened, ...this.#included];
  }

  async #open(): Promise<void> {
    for (const token of this.service.parts) {
      if (this.#closing) return;
      const part = this.modules.get<ServicePart>(token, { strict: false });
      this.#opened.push(part);
      await part.open();
    }
    if (!this.#closing) this.#state = 'ready';
  }

  async #close(): Promise<void> {
    this.#state = 'stopping';
    let cancel = (): void => undefined;
    const late = new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        this.log.warn('closed-late', { afterMs: CLOSED_WITHIN_MS });
        resolve();
      }, CLOSED_WITHIN_MS);
      cancel = () => clearTimeout(timer);
    });
    await Promise.race([this.#closeParts(), late]);
    cancel();
  }

  async #closeParts(): Promise<void> {
    for (const part of this.#opened.toReversed()) {
      try {
        await part.close();
      } catch (error) {
        // The others have to be closed all the same.
        this.log.error('close-failed', factsOf(error));
      }
    }
    // Its error has gone to whoever called `open`.
    await this.#opening.catch(() => undefined);
  }
}
