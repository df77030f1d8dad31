import { fingerprintOf, inFixedOrder, LEFT_OUT } from '../fingerprint.js';
import type { Platform } from '../platform.js';
import type { Cryptography } from './cryptography.js';
import { changingUnsealed, FORGOTTEN, sealedIn, sealedOf, UNREADABLE, withOpened } from './personal.js';
import { SubjectForgotten } from './privacy.errors.js';
import type { SubjectKeys } from './subject-keys.js';

/** A command whose personal fields are sealed, or why they cannot be. */
export interface SealedCommand<Command> {
  readonly command: Command;
  /** The same for each repeat, and says nothing of the personal fields to who has not the subject's key. */
  readonly fingerprint: string;
  /** Why it cannot be decided: only a repeat of what was decided before can be answered. */
  readonly refusal?: SubjectForgotten;
}

export interface PersonalDataOptions {
  readonly keys: SubjectKeys;
  readonly cryptography: Cryptography;
  readonly platform: Platform;
  /** Told how many fields of an answer could not be opened although their subject was not forgotten. */
  readonly onUnreadable: (fields: number) => void;
}

/** Seals personal fields before their command is decided, and opens them in what somebody is answered. */
export class PersonalData {
  constructor(private readonly options: PersonalDataOptions) {}

  /** Seals the command's personal fields with the subject's key, which is made where there is none. @throws MasterKeyMissing */
  async seal<Command extends object>(subject: string, command: Command): Promise<SealedCommand<Command>> {
    const { keys, cryptography } = this.options;
    try {
      const key = await keys.toSeal(subject);
      const sealed = changingUnsealed(command, (value, field) => {
        const text = JSON.stringify(value);
        return sealedOf({ subject, field, encrypted: cryptography.encrypt(key, text, aboutField(subject, field)) });
      });
      // Nothing but personal fields has changed, and they have one type sealed and unsealed.
      return { command: sealed as Command, fingerprint: this.#fingerprint(command, key) };
    } catch (error) {
      if (!(error instanceof SubjectForgotten)) throw error;
      return { command, fingerprint: this.#fingerprint(command), refusal: error };
    }
  }

  /** JSON text with its sealed fields in plain text; `[forgotten]` where the subject was. */
  async openIn(json: string): Promise<string> {
    const sealed = sealedIn(json);
    if (sealed.length === 0) return json;
    const { keys, cryptography, onUnreadable } = this.options;
    const known = await keys.toOpen([...new Set(sealed.map(({ subject }) => subject))]);
    let unreadable = 0;
    const opened = withOpened(json, ({ subject, field, encrypted }) => {
      const key = known.get(subject);
      if (typeof key === 'object') return JSON.stringify(FORGOTTEN);
      const text = key === undefined ? key : cryptography.decrypt(key, encrypted, aboutField(subject, field));
      if (text === undefined) unreadable += 1;
      return text ?? JSON.stringify(UNREADABLE);
    });
    if (unreadable > 0) onUnreadable(unreadable);
    return opened;
  }

  /** A value with its sealed fields in plain text, for who has to act on them, such as a reactor that writes to somebody. */
  async open(value: unknown): Promise<unknown> {
    return JSON.parse(await this.openIn(JSON.stringify(value))) as unknown;
  }

  /** Of everything but the personal fields, and of these under a key that goes with the subject's. */
  #fingerprint(command: object, key?: string): string {
    const { cryptography, platform } = this.options;
    const personal: [field: string, value: unknown][] = [];
    const rest = changingUnsealed(command, (value, field) => {
      personal.push([field, value]);
      return LEFT_OUT;
    });
    const own =
      key === undefined ? '' : cryptography.hmac(cryptography.hmac(key, 'fingerprint'), inFixedOrder(personal));
    return `${fingerprintOf(platform, rest)}.${own.slice(0, 22)}`;
  }
}

const aboutField = (subject: string, field: string): string => `ledgerline/field/1:${subject}:${field}`;
