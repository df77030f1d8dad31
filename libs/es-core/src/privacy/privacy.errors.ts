import { EsError } from '../errors.js';

/** The subject was forgotten: nothing personal is recorded of them any more. Nothing of the command was. */
export class SubjectForgotten extends EsError {
  constructor(subject: string) {
    super(
      'subject-forgotten',
      `${subject} was forgotten, and personal data of them is not kept any more: leave it out`,
      false,
      { subject },
    );
  }
}

/** There is personal data to keep, and no master key to keep it with. */
export class MasterKeyMissing extends EsError {
  constructor(what: string) {
    super('master-key-missing', `${what}: set MASTER_KEY or MASTER_KEY_FILE`, false);
  }
}

/** What MASTER_KEY or MASTER_KEY_FILE gives is not a key, or not the one that is needed. No part of it is repeated. */
export class MasterKeyUnusable extends EsError {
  constructor(variable: string, what: string, options?: { cause?: unknown }) {
    super('master-key-unusable', `${variable} ${what}`, false, { variable }, options);
  }
}

/** The store of keys could not be reached. */
export class KeysUnavailable extends EsError {
  constructor(reason: string, options?: { cause?: unknown }) {
    super('keys-unavailable', `the keys of personal data are not available: ${reason}`, true, {}, options);
  }
}
