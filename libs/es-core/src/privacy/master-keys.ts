import type { Cryptography } from './cryptography.js';
import type { WrappedKey } from './key-store.port.js';
import { MasterKeyUnusable } from './privacy.errors.js';
import type { Platform } from '../platform.js';

interface MasterKey {
  /** Tells keys apart and says nothing of them: of the hash. */
  readonly id: string;
  readonly key: string;
}

/** 32 bytes, as base64 or base64url. */
const KEY = /^[A-Za-z0-9+/_-]{43}=?$/;
const RULE = 'must hold keys of 32 bytes in base64, one a line, the newest first';

/** The keys that the subjects' keys are wrapped with: the first one wraps, each unwraps what it has wrapped. */
export class MasterKeys {
  private constructor(
    private readonly cryptography: Cryptography,
    private readonly newest: MasterKey,
    private readonly byId: ReadonlyMap<string, MasterKey>,
    /** The variable that they came from. */
    readonly source: string,
  ) {}

  /**
   * From text: a key a line, or several with commas between; lines that begin with `#` say something to people.
   * @throws MasterKeyUnusable naming `source`
   */
  static parse(
    text: string,
    {
      source,
      cryptography,
      platform,
    }: { source: string; cryptography: Cryptography; platform: Pick<Platform, 'sha256'> },
  ): MasterKeys {
    const words = text
      .split('\n')
      .filter((line) => !line.trimStart().startsWith('#'))
      .flatMap((line) => line.split(/[\s,]+/))
      .filter((word) => word !== '');
    if (!words.every((word) => KEY.test(word))) throw new MasterKeyUnusable(source, RULE);
    const keys = words.map((word): MasterKey => {
      const key = word.slice(0, 43).replaceAll('+', '-').replaceAll('/', '_');
      return { id: platform.sha256(`ledgerline master key ${key}`).slice(0, 16), key };
    });
    const [newest] = keys;
    if (!newest) throw new MasterKeyUnusable(source, 'holds no key; it ' + RULE);
    return new MasterKeys(cryptography, newest, new Map(keys.map((one) => [one.id, one])), source);
  }

  get newestId(): string {
    return this.newest.id;
  }

  knows(id: string): boolean {
    return this.byId.has(id);
  }

  wrap(subject: string, key: string): WrappedKey {
    const { id } = this.newest;
    return { subject, masterKey: id, wrapped: this.cryptography.encrypt(this.newest.key, key, aboutKey(subject, id)) };
  }

  /** Undefined where the master key is not one of these. */
  unwrap({ subject, wrapped, masterKey }: WrappedKey): string | undefined {
    const master = this.byId.get(masterKey);
    return master && this.cryptography.decrypt(master.key, wrapped, aboutKey(subject, masterKey));
  }
}

const aboutKey = (subject: string, masterKey: string): string => `ledgerline/key/1:${masterKey}:${subject}`;
