import { Unreadable } from '@ledgerline/es-core';
import {
  type ForgottenSubject,
  isForgotten,
  type KeyStore,
  type StoredKey,
  type WrappedKey,
} from '@ledgerline/es-core/adapter';
import { committed } from '../storage/committed.js';
import type { Environment } from '../storage/environment.js';

/** Before each subject; the format's own key is shorter and comes before all of them. */
const PREFIX = Buffer.of(1);

export class EmbeddedKeys implements KeyStore {
  #closing: Promise<void> | undefined;

  constructor(private readonly environment: Environment) {}

  getOrAdd(offered: WrappedKey): Promise<StoredKey> {
    return this.#change(offered.subject, (stored) => stored ?? offered);
  }

  find(subjects: readonly string[]): Promise<ReadonlyMap<string, StoredKey>> {
    // What other processes have written is seen by a pass that begins now.
    this.environment.resetReadTxn();
    const found = new Map<string, StoredKey>();
    for (const subject of subjects) {
      const stored = this.#get(subject);
      if (stored) found.set(subject, stored);
    }
    return Promise.resolve(found);
  }

  async destroy(subject: string, at: string): Promise<ForgottenSubject> {
    const forgotten = await this.#change(subject, (stored) =>
      stored && isForgotten(stored) ? stored : { subject, forgottenAt: at },
    );
    if (!isForgotten(forgotten)) throw new Error(`the key of ${subject} was destroyed and is there`);
    return forgotten;
  }

  list({ after, limit }: { readonly after?: string; readonly limit: number }): Promise<readonly StoredKey[]> {
    this.environment.resetReadTxn();
    const start = after === undefined ? PREFIX : Buffer.concat([keyOf(after), Buffer.of(0)]);
    return Promise.resolve([...this.#range(start, limit)]);
  }

  async rewrap(before: WrappedKey, after: WrappedKey): Promise<boolean> {
    const stored = await this.#change(before.subject, (found) =>
      found && !isForgotten(found) && found.wrapped === before.wrapped ? after : found,
    );
    return stored !== undefined && !isForgotten(stored) && stored.wrapped === after.wrapped;
  }

  masterKeys(): Promise<readonly string[]> {
    this.environment.resetReadTxn();
    const ids = new Set<string>();
    for (const key of this.#range(PREFIX)) if (!isForgotten(key)) ids.add(key.masterKey);
    return Promise.resolve([...ids]);
  }

  close(): Promise<void> {
    this.#closing ??= this.environment.close();
    return this.#closing;
  }

  *#range(start: Buffer, limit?: number): Iterable<StoredKey> {
    const range = { start, end: Buffer.of(2), ...(limit !== undefined && { limit }) };
    for (const { key, value } of this.environment.getRange(range)) yield storedKey(key.subarray(1).toString(), value);
  }

  #get(subject: string): StoredKey | undefined {
    const stored = this.environment.get(keyOf(subject));
    return stored && storedKey(subject, stored);
  }

  /** In a transaction that no other process writes beside; what `change` answers is stored, and on disk when it resolves. */
  async #change<T extends StoredKey | undefined>(
    subject: string,
    change: (stored: StoredKey | undefined) => T,
  ): Promise<T> {
    return await committed(
      this.environment.transaction(() => {
        const stored = this.#get(subject);
        const changed = change(stored);
        // The transaction that it is part of says when it is stored.
        if (changed && changed !== stored)
          void this.environment.put(keyOf(subject), Buffer.from(JSON.stringify(changed)));
        return changed;
      }),
    );
  }
}

const keyOf = (subject: string): Buffer => Buffer.concat([PREFIX, Buffer.from(subject)]);

const storedKey = (subject: string, value: Uint8Array): StoredKey => {
  const stored = JSON.parse(Buffer.from(value).toString()) as StoredKey;
  if (stored.subject !== subject) throw new Unreadable(`the key of ${subject}`, { subject });
  return stored;
};
