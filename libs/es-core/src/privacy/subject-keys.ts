import { Unreadable } from '../errors.js';
import type { Platform } from '../platform.js';
import type { Cryptography } from './cryptography.js';
import {
  type ForgottenSubject,
  isForgotten,
  type KeyStore,
  type StoredKey,
  type WrappedKey,
} from './key-store.port.js';
import type { MasterKeys } from './master-keys.js';
import { MasterKeyMissing, MasterKeyUnusable, SubjectForgotten } from './privacy.errors.js';

export interface SubjectKeysOptions {
  readonly store: KeyStore;
  readonly cryptography: Cryptography;
  readonly platform: Pick<Platform, 'now'>;
  /** Undefined while there is no personal data. */
  readonly masterKeys: MasterKeys | undefined;
}

/** So long a key is used again without asking whether it was destroyed meanwhile. */
const KNOWN_FOR_MS = 1_000;
const MOST_KNOWN = 10_000;
const LISTED_AT_ONCE = 500;

interface Known {
  readonly key: string | ForgottenSubject | undefined;
  /** When it was asked for: what was destroyed before is not known by then. */
  readonly since: number;
}

/** The subjects' keys, unwrapped. A key that was destroyed, by whatever process, is used for a second more at most. */
export class SubjectKeys {
  readonly #known = new Map<string, Known>();

  constructor(private readonly options: SubjectKeysOptions) {}

  /**
   * At start: whatever is stored can be unwrapped.
   * @throws MasterKeyMissing, MasterKeyUnusable
   */
  async requireMasterKeys(): Promise<void> {
    const { store, masterKeys } = this.options;
    const needed = await store.masterKeys();
    if (needed.length > 0 && !masterKeys) throw new MasterKeyMissing('there is personal data, and no master key');
    const missing = needed.filter((id) => !masterKeys?.knows(id));
    if (missing.length > 0)
      throw new MasterKeyUnusable(
        masterKeys?.source ?? '',
        `does not hold the master key that personal data is kept with (${missing.join(', ')}): add it below the newest`,
      );
  }

  /** The subject's key to encrypt with, made where there is none. @throws SubjectForgotten, MasterKeyMissing */
  async toSeal(subject: string): Promise<string> {
    const { store, cryptography } = this.options;
    const stored =
      (await store.find([subject])).get(subject) ??
      (await store.getOrAdd(this.#masterKeys.wrap(subject, cryptography.newKey())));
    if (isForgotten(stored)) throw new SubjectForgotten(subject);
    return this.#mustUnwrap(stored);
  }

  /** By subject: the key, or that it was destroyed; undefined where neither is known. */
  async toOpen(subjects: readonly string[]): Promise<ReadonlyMap<string, string | ForgottenSubject | undefined>> {
    const { store, platform } = this.options;
    const now = platform.now();
    const known = subjects.map((subject) => [subject, this.#known.get(subject)] as const);
    const unknown = known.flatMap(([subject, one]) => (isFresh(one, now) ? [] : [subject]));
    const found = unknown.length > 0 ? await store.find(unknown) : new Map<string, StoredKey>();
    for (const subject of unknown) this.#keep(subject, { key: this.#unwrapped(found.get(subject)), since: now });
    return new Map(
      known.map(([subject, one]) => [subject, isFresh(one, now) ? one.key : this.#unwrapped(found.get(subject))]),
    );
  }

  /** As `KeyStore.destroy`. */
  async forget(subject: string, at: string): Promise<ForgottenSubject> {
    const forgotten = await this.options.store.destroy(subject, at);
    this.#known.delete(subject);
    return forgotten;
  }

  /** True where a key is stored, or was. */
  async isKnown(subject: string): Promise<boolean> {
    return (await this.options.store.find([subject])).has(subject);
  }

  /** Wraps every key with the newest master key, and answers how many were not. May be repeated, also after a crash. */
  async rewrapAll(): Promise<number> {
    let rewrapped = 0;
    for await (const key of this.#all()) if (await this.#rewrap(key)) rewrapped += 1;
    return rewrapped;
  }

  /** Everybody who has a key. */
  async *subjects(): AsyncIterable<string> {
    for await (const { subject } of this.#all()) yield subject;
  }

  async *#all(): AsyncIterable<WrappedKey> {
    for (let after: string | undefined; ;) {
      const keys = await this.options.store.list({ limit: LISTED_AT_ONCE, ...(after !== undefined && { after }) });
      for (const key of keys) if (!isForgotten(key)) yield key;
      after = keys.at(-1)?.subject;
      if (keys.length < LISTED_AT_ONCE) return;
    }
  }

  async #rewrap(stored: WrappedKey): Promise<boolean> {
    if (stored.masterKey === this.#masterKeys.newestId) return false;
    return await this.options.store.rewrap(stored, this.#masterKeys.wrap(stored.subject, this.#mustUnwrap(stored)));
  }

  get #masterKeys(): MasterKeys {
    const { masterKeys } = this.options;
    if (!masterKeys) throw new MasterKeyMissing('personal data cannot be kept without a master key');
    return masterKeys;
  }

  #mustUnwrap(stored: WrappedKey): string {
    const key = this.#masterKeys.unwrap(stored);
    if (key === undefined) throw new Unreadable(`the key of ${stored.subject}`, { subject: stored.subject });
    return key;
  }

  #unwrapped(stored: StoredKey | undefined): string | ForgottenSubject | undefined {
    if (!stored || isForgotten(stored)) return stored;
    return this.options.masterKeys?.unwrap(stored);
  }

  #keep(subject: string, known: Known): void {
    this.#known.delete(subject);
    this.#known.set(subject, known);
    if (this.#known.size <= MOST_KNOWN) return;
    for (const oldest of this.#known.keys()) {
      this.#known.delete(oldest);
      return;
    }
  }
}

const isFresh = (known: Known | undefined, now: number): known is Known =>
  known !== undefined && now >= known.since && now < known.since + KNOWN_FOR_MS;
