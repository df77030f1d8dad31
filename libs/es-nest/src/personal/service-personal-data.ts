import { EsError } from '@ledgerline/es-core';
import type { ForgottenSubject, KeyStore, MasterKeys, PersonalStorage, Storage } from '@ledgerline/es-core/adapter';
import { PersonalData, type SealedCommand, SubjectKeys } from '@ledgerline/es-core/privacy';
import { Inject, Injectable } from '@nestjs/common';
import { ServiceNotReady } from '../lifecycle/service-not-ready.error.js';
import type { ManagedResource } from '../lifecycle/managed-resource.js';
import { factsOf, type Log } from '../logging/log.js';
import { DeclaredAggregates } from '../aggregates/declared-aggregates.js';
import { Coordinator } from '../lifecycle/coordinator.js';
import type { EventSourcingSettings } from '../options/event-sourcing-options.js';
import { LOG, OPTIONS, WATCHED_STORAGE } from '../tokens.js';
import { untilAvailable } from '../store/until-available.js';

interface Opened {
  readonly store: KeyStore;
  readonly keys: SubjectKeys;
  readonly data: PersonalData;
}

/**
 * The personal data that a service keeps and shows. Until it is open, and once it is closed, everything answers
 * `ServiceNotReady`. A service that starts while the keys cannot be reached works on, but for its personal data.
 */
@Injectable()
export class ServicePersonalData implements ManagedResource {
  readonly #stopping = new AbortController();
  #opened: Opened | undefined;
  #checking: Promise<void> = Promise.resolve();
  #state = 'starting';
  #failure: unknown;

  constructor(
    @Inject(WATCHED_STORAGE) private readonly storage: Storage,
    @Inject(LOG) private readonly log: Log,
    @Inject(OPTIONS) private readonly options: EventSourcingSettings,
    private readonly declared: DeclaredAggregates,
    coordinator: Coordinator,
  ) {
    coordinator.add(this, 'store');
  }

  /** @throws MasterKeyMissing, MasterKeyUnusable where the keys that are stored cannot be unwrapped. */
  async open(): Promise<void> {
    const { storage } = this;
    const { personal } = storage;
    if (!personal || !this.#isNeeded) return;
    const store = await storage.openKeys();
    try {
      await this.#openOn(store, personal);
    } catch (error) {
      if (error instanceof EsError && error.retriable) return this.#openLater(store, personal, error);
      await store.close();
      throw error;
    }
  }

  get #isNeeded(): boolean {
    return this.options.personalData || this.declared.all.some((aggregate) => 'personal' in aggregate);
  }

  /** Why personal data cannot be read, found out after the start. */
  get failure(): unknown {
    return this.#failure;
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    this.#state = 'stopping';
    await this.#checking;
    const opened = this.#opened;
    this.#opened = undefined;
    await opened?.store.close();
  }

  /** As `PersonalData.seal`. */
  async seal<Command extends object>(subject: string, command: Command): Promise<SealedCommand<Command>> {
    return await this.#work().data.seal(subject, command);
  }

  /** As `PersonalData.openIn`. */
  async openIn(json: string): Promise<string> {
    return await this.#work().data.openIn(json);
  }

  /** As `SubjectKeys.isKnown`. */
  async isKnown(subject: string): Promise<boolean> {
    return await this.#work().keys.isKnown(subject);
  }

  /** As `SubjectKeys.forget`. */
  async forget(subject: string, at: string): Promise<ForgottenSubject> {
    return await this.#work().keys.forget(subject, at);
  }

  /** As `SubjectKeys.rewrapAll`. */
  async rewrapAll(): Promise<number> {
    return await this.#work().keys.rewrapAll();
  }

  /** As `SubjectKeys.subjects`. */
  async *subjects(): AsyncIterable<string> {
    yield* this.#work().keys.subjects();
  }

  async #openOn(store: KeyStore, personal: PersonalStorage): Promise<void> {
    const { platform } = this.storage;
    const { cryptography } = personal;
    const masterKeys = await this.#masterKeys(store, personal);
    const keys = new SubjectKeys({ store, cryptography, platform, masterKeys });
    await keys.requireMasterKeys();
    const onUnreadable = (fields: number): void => this.log.warn('personal-data-unreadable', { fields });
    this.#opened = { store, keys, data: new PersonalData({ keys, cryptography, platform, onUnreadable }) };
  }

  async #masterKeys(store: KeyStore, personal: PersonalStorage): Promise<MasterKeys | undefined> {
    const found = await personal.masterKeys();
    // In place of a key that was lost another one would only hide that.
    if (found || !personal.generateMasterKey || (await store.masterKeys()).length > 0) return found;
    const file = await personal.generateMasterKey();
    if (file !== undefined) this.log.info('master-key-generated', { file });
    return await personal.masterKeys();
  }

  #openLater(store: KeyStore, personal: PersonalStorage, error: EsError): void {
    const { log, storage } = this;
    const report = (error: EsError): void => log.warn('keys-unavailable', factsOf(error));
    report(error);
    const patience = { platform: storage.platform, report, signal: this.#stopping.signal };
    this.#checking = untilAvailable(patience, () => this.#openOn(store, personal)).then(
      () => (this.#opened ? undefined : store.close()),
      async (failure: unknown) => {
        this.#failure = failure;
        log.error('personal-data-failed', factsOf(failure));
        await store.close();
      },
    );
  }

  #work(): Opened {
    if (!this.#opened) throw new ServiceNotReady(this.#state);
    return this.#opened;
  }
}
